package api

import (
	"context"
	"net/http"
	"time"

	"dondoc/internal/account"
	"dondoc/internal/policy"
)

func (s *server) peopleRoutes() {
	s.managingRoutes()
	handle(s, get("/people", "list-people", "Accounts that the administrator administers", may(policy.ManagePeople)), s.listPeople)
	handle(s, post("/people/import", "import-people",
		"Bring accounts and posts to what a CSV list says, whole or not at all; new people are invited",
		may(policy.ManagePeople), takes("text/csv")), s.importPeople)
	handle(s, post("/people/{id}/invitation", "invite-person", "Send a new invitation link", may(policy.ManagePeople), answers(http.StatusCreated)), s.invite)
	handle(s, post("/people/{id}/password-reset", "reset-password-of-person",
		"Send the person a link to set a new password", may(policy.ManagePeople), answers(http.StatusCreated)), s.resetPerson)
}

// Person is an account as administrators see it.
type Person struct {
	ID           int64      `json:"id"`
	Email        string     `json:"email"`
	Name         string     `json:"name"`
	Phone        string     `json:"phone,omitempty"`
	Language     string     `json:"language" enum:"vi,en"`
	Active       bool       `json:"active"`
	SignedUp     bool       `json:"signed_up" doc:"A password is set."`
	InvitedUntil *time.Time `json:"invited_until,omitempty" doc:"When the open invitation ends."`
	Posts        []Post     `json:"posts"`
	Version      int        `json:"version"`
}

func personOf(p account.Person) Person {
	view := Person{
		ID: p.ID, Email: p.Email, Name: p.Name, Phone: p.Phone, Language: p.Language, Active: p.Active,
		SignedUp: p.SignedUp, InvitedUntil: utc(p.InvitedUntil), Posts: make([]Post, len(p.Posts)), Version: p.Version,
	}
	for i, post := range p.Posts {
		view.Posts[i] = Post{
			ID: post.ID, Agency: AgencyRef{post.AgencyID, post.AgencyCode, post.AgencyName}, Role: string(post.Role),
			ValidFrom: post.ValidFrom.String(), ValidTo: post.ValidTo.String(), For: post.ForName,
		}
	}
	return view
}

type listPeopleInput struct {
	Paged
	Agency int64  `query:"agency" minimum:"1" doc:"Only people with a post at this agency."`
	Query  string `query:"q" maxLength:"200" doc:"In name or e-mail address."`
}

func (s *server) listPeople(ctx context.Context, in *listPeopleInput) (*Answer[List[Person]], error) {
	page, err := s.Accounts.ListPeople(ctx, who(ctx), account.Filter{AgencyID: in.Agency, Query: in.Query, Limit: in.Limit, Cursor: in.Cursor})
	if err != nil {
		return nil, err
	}
	return &Answer[List[Person]]{listOf(page.People, page.Next, personOf)}, nil
}

type importInput struct {
	Keyed
	DryRun  bool   `query:"dry_run" doc:"Tell what would happen, change nothing."`
	RawBody []byte `contentType:"text/csv" doc:"Columns email, name, phone, language, agency_code, role, valid_from, valid_to; several lines for one person are several posts."`
}

// ImportReport tells what an import did, or would do.
type ImportReport struct {
	DryRun    bool         `json:"dry_run"`
	New       int          `json:"new"`
	Changed   int          `json:"changed"`
	Unchanged int          `json:"unchanged"`
	People    []ImportLine `json:"people"`
}

// ImportLine is one person of an import.
type ImportLine struct {
	Line    int      `json:"line" doc:"The person's first line in the list."`
	Email   string   `json:"email"`
	Outcome string   `json:"outcome" enum:"new,changed,unchanged"`
	Changes []string `json:"changes" doc:"name, phone, language, post:<agency code>:<role>"`
}

func (s *server) importPeople(ctx context.Context, in *importInput) (*Answer[ImportReport], error) {
	rows, err := account.ReadPeople(in.RawBody)
	if err != nil {
		return nil, err
	}
	report, err := s.Accounts.ImportPeople(ctx, who(ctx), rows, in.DryRun)
	if err != nil {
		return nil, err
	}
	view := ImportReport{DryRun: report.DryRun, New: report.New, Changed: report.Changed, Unchanged: report.Unchanged, People: make([]ImportLine, len(report.Lines))}
	for i, l := range report.Lines {
		view.People[i] = ImportLine{Line: l.Line, Email: l.Email, Outcome: string(l.Outcome), Changes: append([]string{}, l.Changes...)}
	}
	return &Answer[ImportReport]{view}, nil
}

type personInput struct {
	Keyed
	ID
}

// LinkSent answers whoever had a link sent; the link goes to its owner alone.
type LinkSent struct {
	Email     string    `json:"email"`
	ExpiresAt time.Time `json:"expires_at"`
}

func (s *server) invite(ctx context.Context, in *personInput) (*Answer[LinkSent], error) {
	return sent(s.Accounts.Invite(ctx, who(ctx), in.ID.ID))
}

func (s *server) resetPerson(ctx context.Context, in *personInput) (*Answer[LinkSent], error) {
	return sent(s.Accounts.AdminReset(ctx, who(ctx), in.ID.ID))
}

func sent(link account.Sent, err error) (*Answer[LinkSent], error) {
	if err != nil {
		return nil, err
	}
	return &Answer[LinkSent]{LinkSent{Email: link.Email, ExpiresAt: link.ExpiresAt.UTC()}}, nil
}

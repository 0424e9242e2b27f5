package api

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"dondoc/internal/feed"
	"dondoc/internal/policy"
)

const calendarType = "text/calendar; charset=utf-8"

func (s *server) feedRoutes() {
	handle(s, get("/feeds", "list-feeds", "The reader's own calendar feeds"), s.listFeeds)
	handle(s, post("/feeds", "create-feed", "Make a calendar feed; its address is told once", may(policy.SeePlans), answers(http.StatusCreated)), s.createFeed)
	handle(s, del("/feeds/{id}", "revoke-feed", "End a calendar feed for good", answers(http.StatusNoContent)), s.revokeFeed)
	handle(s, calendarRoute(), s.fetchFeed)
}

// calendarRoute is outside of Base: its address goes into calendar programs.
// The token is no query parameter and no session, and the access log names
// the route without it.
func calendarRoute() route {
	r := get("", "fetch-feed", "What calendar programs fetch (RFC 5545), as its owner may see it now; every address that opens nothing answers the same", public)
	r.Path, r.Tags = feed.Path+"{file}", []string{"feeds"}
	r.Errors = append(r.Errors, http.StatusNotFound)
	r.Responses = map[string]*huma.Response{
		"200": {Description: "The calendar.", Content: map[string]*huma.MediaType{"text/calendar": {Schema: &huma.Schema{Type: huma.TypeString}}}},
		"304": {Description: "Nothing has changed since the version of If-None-Match."},
	}
	return r
}

// Feed is a calendar feed as its owner sees it.
type Feed struct {
	ID         int64      `json:"id"`
	Scope      string     `json:"scope" enum:"person,agency,plan"`
	Agency     *AgencyRef `json:"agency,omitempty"`
	Plan       *PlanRef   `json:"plan,omitempty"`
	CreatedAt  time.Time  `json:"created_at"`
	LastUsedAt *time.Time `json:"last_used_at,omitempty" doc:"To the hour."`
	Readable   bool       `json:"readable" doc:"False: the reader may no longer see what it is of; its address answers as if there were none."`
}

// PlanRef names a plan inside something else.
type PlanRef struct {
	ID    int64  `json:"id"`
	Code  string `json:"code"`
	Title string `json:"title"`
}

// NewFeed is a calendar feed that was just made.
type NewFeed struct {
	Feed
	URL string `json:"url,omitempty" format:"uri" doc:"What a calendar program subscribes to. Whoever has it reads the calendar; it is told in the first answer only, not in that to a repeated request. ?type=todo gives to-dos instead of events, ?alarm=0 leaves out reminders."`
}

func feedOf(f feed.Feed) Feed {
	view := Feed{ID: f.ID, Scope: string(f.Scope), CreatedAt: f.CreatedAt.UTC(), LastUsedAt: utc(f.LastUsedAt), Readable: f.Readable}
	if f.AgencyID != 0 {
		view.Agency = &AgencyRef{ID: f.AgencyID, Name: f.AgencyName}
	}
	if f.PlanID != 0 {
		view.Plan = &PlanRef{ID: f.PlanID, Code: f.PlanCode, Title: f.PlanTitle}
	}
	return view
}

func (s *server) listFeeds(ctx context.Context, _ *None) (*Answer[List[Feed]], error) {
	feeds, err := s.Feeds.ListFeeds(ctx, who(ctx))
	if err != nil {
		return nil, err
	}
	return &Answer[List[Feed]]{listOf(feeds, "", feedOf)}, nil
}

type createFeedInput struct {
	Keyed
	Body struct {
		Scope    string `json:"scope" enum:"person,agency,plan" doc:"person: owed by agencies where the reader is focal point or head; agency: owed by that agency; plan: of that plan, as far as the reader sees it."`
		AgencyID int64  `json:"agency_id,omitempty" minimum:"1"`
		PlanID   int64  `json:"plan_id,omitempty" minimum:"1"`
	}
}

func (s *server) createFeed(ctx context.Context, in *createFeedInput) (*Answer[NewFeed], error) {
	created, err := s.Feeds.CreateFeed(ctx, who(ctx), feed.Wanted{Scope: feed.Scope(in.Body.Scope), AgencyID: in.Body.AgencyID, PlanID: in.Body.PlanID})
	if err != nil {
		return nil, err
	}
	return &Answer[NewFeed]{NewFeed{Feed: feedOf(created.Feed), URL: created.Address}}, nil
}

func (s *server) revokeFeed(ctx context.Context, in *ID) (*Empty, error) {
	return &Empty{}, s.Feeds.RevokeFeed(ctx, who(ctx), in.ID)
}

type fetchFeedInput struct {
	File        string `path:"file" doc:"The token, then .ics."`
	Type        string `query:"type" enum:"event,todo" default:"event"`
	Alarm       string `query:"alarm" enum:"0,1" default:"1" doc:"0: without reminders."`
	IfNoneMatch string `header:"If-None-Match"`
}

type fetchedFeed struct {
	Status       int
	ContentType  string `header:"Content-Type"`
	ETag         string `header:"ETag"`
	CacheControl string `header:"Cache-Control"`
	Body         []byte
}

func (s *server) fetchFeed(ctx context.Context, in *fetchFeedInput) (*fetchedFeed, error) {
	token, ok := feed.TokenIn(in.File)
	if !ok {
		return nil, feed.None()
	}
	contents, err := s.Feeds.ReadFeed(ctx, token)
	if err != nil {
		return nil, err
	}
	body, err := feed.Write(contents, feed.Form{BaseURL: s.BaseURL, Todos: in.Type == "todo", Alarms: in.Alarm != "0"})
	if err != nil {
		return nil, err
	}
	sum := sha256.Sum256(body)
	answer := fetchedFeed{
		Status: http.StatusOK, ContentType: calendarType, ETag: strconv.Quote(hex.EncodeToString(sum[:16])),
		// One person's, and asked for again each time: rights can end at any moment.
		CacheControl: "private, no-cache", Body: body,
	}
	if matches(in.IfNoneMatch, answer.ETag) {
		answer.Status, answer.ContentType, answer.Body = http.StatusNotModified, "", nil
	}
	return &answer, nil
}

// matches compares weakly, as RFC 9110 has it for If-None-Match.
func matches(ifNoneMatch, etag string) bool {
	for candidate := range strings.SplitSeq(ifNoneMatch, ",") {
		candidate = strings.TrimPrefix(strings.TrimSpace(candidate), "W/")
		if candidate == etag || candidate == "*" {
			return true
		}
	}
	return false
}

package web

import (
	"context"
	"strconv"
	"strings"
	"time"

	"github.com/gin-gonic/gin"
	qr "github.com/piglig/go-qr"

	"dondoc/internal/account"
	"dondoc/internal/policy"
	"dondoc/internal/session"
)

// Security is what people do about the security of their own account.
type Security interface {
	FinishSignIn(ctx context.Context, challenge, code string) (token string, actor policy.Actor, err error)
	SignInAs(ctx context.Context, email string) (token string, actor policy.Actor, err error)
	ChangePassword(ctx context.Context, actor policy.Actor, token, present, fresh string) error
	ListSessions(ctx context.Context, actor policy.Actor, token string) ([]account.Session, error)
	EndSession(ctx context.Context, actor policy.Actor, id int64) error
	EndOtherSessions(ctx context.Context, actor policy.Actor, token string) (int, error)
	CreateToken(ctx context.Context, actor policy.Actor, in account.NewTokenInput) (account.CreatedToken, error)
	ListTokens(ctx context.Context, actor policy.Actor) ([]account.Token, error)
	RevokeToken(ctx context.Context, actor policy.Actor, id int64) error
	FindFactor(ctx context.Context, actor policy.Actor) (account.Factor, error)
	EnrolFactor(ctx context.Context, actor policy.Actor, password string) (account.Enrolment, error)
	ConfirmFactor(ctx context.Context, actor policy.Actor, code string) ([]string, error)
	RenewRecoveryCodes(ctx context.Context, actor policy.Actor, code string) ([]string, error)
	RemoveFactor(ctx context.Context, actor policy.Actor, password, code string) error
}

func (p *pages) securityPages(site *gin.RouterGroup) {
	at := func(path string, h func(*gin.Context, policy.Actor) error) {
		site.POST(account.SecurityPath+path, p.page(p.signedIn(h)))
	}
	site.GET(account.SecurityPath, p.page(p.signedIn(p.securityPage)))
	at("/mat-khau", p.changePassword)
	at("/phien/khac", p.endOtherSessions)
	at("/phien/:id/ket-thuc", p.endSession)
	at("/hai-buoc", p.enrolFactor)
	at("/hai-buoc/xac-nhan", p.confirmFactor)
	at("/hai-buoc/ma-du-phong", p.renewCodes)
	at("/hai-buoc/tat", p.removeFactor)
	at("/khoa", p.createToken)
	at("/khoa/:id/thu-hoi", p.revokeToken)
}

// securityView is the page of an account's security. Secrets that are told once
// stand in one answer and in no address.
type securityView struct {
	frame
	Message, Done string
	Key           string
	// Demand: a post demands a second factor, and nothing else is open until then.
	Demand bool
	// Factor tells since when there is a second factor; empty: there is none.
	Factor string
	// Confirm: a second factor waits for its first code.
	Confirm bool
	Secret  string
	QR      string // the dark modules as an SVG path
	QRSize  int    // with the quiet zone
	Codes   []string

	Sessions []securityLine
	Others   bool
	Tokens   []securityLine
	// TokenMade and TokenSecret are of the token that was just made.
	TokenMade, TokenSecret string
	// NewToken opens the form of another one.
	NewToken      bool
	TokenName     string
	Scopes, Lives []option
}

type securityLine struct {
	ID           int64
	Title, Facts string
	Current      bool
}

// securityDone are the sentences after an act that was answered with a redirect.
var securityDone = map[string]string{
	"mat-khau": "password.changed", "phien": "sessions.ended", "khoa": "tokens.revoked", "hai-buoc": "factor.removed",
}

func (p *pages) securityPage(c *gin.Context, actor policy.Actor) error {
	view := securityView{frame: p.frameFor(c, ""), NewToken: c.Query("tao") == "khoa"}
	if key, ok := securityDone[c.Query("da")]; ok {
		view.Done = view.lexicon().say(key)
	}
	return p.showSecurity(c, actor, 200, view)
}

// showSecurity fills in how things stand.
func (p *pages) showSecurity(c *gin.Context, actor policy.Actor, status int, view securityView) error {
	l, ctx := view.lexicon(), c.Request.Context()
	view.Title, view.Key = l.say("security.title"), randomHex(16)
	factor, err := p.accounts.FindFactor(ctx, actor)
	if err != nil {
		return err
	}
	view.Demand = factor.Demanded && !factor.Enabled
	if factor.Enabled && factor.Since != nil {
		view.Factor = l.say("factor.since", moment(*factor.Since, p.zone), l.integer(factor.Recovery))
	}
	sessions, err := p.accounts.ListSessions(ctx, actor, session.Token(c.Request))
	if err != nil {
		return err
	}
	for _, s := range sessions {
		view.Sessions = append(view.Sessions, p.sessionLine(l, s))
	}
	view.Others = len(sessions) > 1
	tokens, err := p.accounts.ListTokens(ctx, actor)
	if err != nil {
		return err
	}
	for _, t := range tokens {
		view.Tokens = append(view.Tokens, p.tokenLine(l, t))
	}
	for _, s := range policy.Scopes {
		view.Scopes = append(view.Scopes, option{Value: string(s), Title: l.say("scope." + string(s))})
	}
	for _, days := range tokenLives {
		view.Lives = append(view.Lives, option{Value: strconv.Itoa(days), Title: l.say("tokens.days", l.integer(days))})
	}
	return p.render.write(c, status, "security", l, view)
}

// tokenLives are the spans that the form offers, in days.
var tokenLives = []int{30, 90, 180, 365}

func (p *pages) sessionLine(l lexicon, s account.Session) securityLine {
	line := securityLine{ID: s.ID, Title: l.browser(s.Agent), Current: s.Current}
	facts := []string{l.say("sessions.since", moment(s.CreatedAt, p.zone)), l.say("sessions.seen", moment(s.LastSeenAt, p.zone))}
	if s.Address != "" {
		facts = append(facts, l.say("sessions.from", s.Address))
	}
	if s.Current {
		facts = append([]string{l.say("sessions.current")}, facts...)
	}
	line.Facts = strings.Join(facts, " · ")
	return line
}

// browser names the program by what it calls itself; the order matters, for
// every one of them also calls itself Mozilla and most Safari.
func (l lexicon) browser(agent string) string {
	for _, name := range []string{"coc_coc_browser", "Edg", "OPR", "Firefox", "Chrome", "Safari", "curl"} {
		if !strings.Contains(agent, name+"/") {
			continue
		}
		switch name {
		case "coc_coc_browser":
			return "Cốc Cốc"
		case "Edg":
			return "Edge"
		case "OPR":
			return "Opera"
		}
		return name
	}
	return l.say("sessions.unknown")
}

func (p *pages) tokenLine(l lexicon, t account.Token) securityLine {
	scopes := make([]string, len(t.Scopes))
	for i, s := range t.Scopes {
		scopes[i] = string(s)
	}
	used := l.say("tokens.unused")
	if t.LastUsedAt != nil {
		used = l.say("tokens.used", moment(*t.LastUsedAt, p.zone))
	}
	return securityLine{ID: t.ID, Title: t.Name, Facts: strings.Join([]string{
		t.Prefix + "…", strings.Join(scopes, ", "), l.say("tokens.until", moment(t.ExpiresAt, p.zone)), used,
	}, " · ")}
}

// quietZone is the light border that a reader needs, in modules (ISO/IEC 18004).
const quietZone = 4

// drawQR gives the dark modules of a QR code as an SVG path, a run of modules a
// stroke, and the size of the picture.
func drawQR(text string) (path string, size int, err error) {
	code, err := qr.EncodeText(text, qr.Medium)
	if err != nil {
		return "", 0, err
	}
	var b strings.Builder
	for y := range code.Size() {
		for x := 0; x < code.Size(); x++ {
			run := x
			for run < code.Size() && code.Module(run, y) {
				run++
			}
			if run > x {
				b.WriteString("M" + strconv.Itoa(x+quietZone) + " " + strconv.Itoa(y+quietZone) + "h" + strconv.Itoa(run-x) + "v1h-" + strconv.Itoa(run-x) + "z")
				x = run
			}
		}
	}
	return b.String(), code.Size() + 2*quietZone, nil
}

func days(n int) time.Duration { return time.Duration(n) * 24 * time.Hour }

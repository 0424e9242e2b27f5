package rehearsal

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"sync"
	"time"

	"github.com/jmoiron/sqlx"
)

// people act over HTTP as a browser or another system would: they sign in once,
// give every act an idempotency key, and repeat it under the same key when the
// answer does not come.
type people struct {
	base     string
	password string
	// db tells which number a task has; everything else goes over HTTP.
	db *sqlx.DB
	// patience is how long an act is repeated while the API or what it needs is away.
	patience time.Duration
	// clients come from addresses of their own, as the offices of a province do.
	clients []*http.Client

	mu      sync.Mutex
	cookies map[string]string // by e-mail address
	acts    int
	again   int // acts that had to be repeated
}

// What people write; no mail may tell it.
const (
	narrative = "Kết quả trong kỳ theo biểu mẫu."
	reason    = "Số liệu chưa khớp với biểu."
)

// atOnce is how many people act at the same moment.
const atOnce = 8

func newPeople(base, password string, db *sqlx.DB) *people {
	p := &people{base: base, password: password, db: db, patience: 2 * time.Minute, cookies: map[string]string{}}
	for i := range 4 {
		dialer := &net.Dialer{Timeout: 5 * time.Second, LocalAddr: &net.TCPAddr{IP: net.IPv4(127, 0, 0, byte(11+i))}}
		p.clients = append(p.clients, &http.Client{
			Timeout:   40 * time.Second,
			Transport: &http.Transport{DialContext: dialer.DialContext, MaxIdleConnsPerHost: atOnce},
		})
	}
	return p
}

// ready reports whether the API serves.
func (p *people) ready(ctx context.Context) error {
	_, err := p.send(ctx, 0, "", http.MethodGet, "/api/v1/me", "", nil)
	var refused *refusal
	if errors.As(err, &refused) && refused.status == http.StatusUnauthorized {
		return nil
	}
	return err
}

// Perform does acts that happen at one instant, several at once.
func (p *people) Perform(ctx context.Context, acts []act) error {
	ids, err := p.taskIDs(ctx, acts)
	if err != nil {
		return err
	}
	queue := make(chan act)
	failures := make(chan error, len(acts))
	var workers sync.WaitGroup
	for range min(atOnce, len(acts)) {
		workers.Go(func() {
			for a := range queue {
				if err := p.perform(ctx, a, ids[a.name()]); err != nil {
					failures <- fmt.Errorf("%s %s %s: %w", a.who, a.deed, a.name(), err)
				}
			}
		})
	}
	for _, a := range acts {
		queue <- a
	}
	close(queue)
	workers.Wait()
	close(failures)
	var all []error
	for err := range failures {
		all = append(all, err)
	}
	return errors.Join(all...)
}

// name is what the act's task is called here.
func (a act) name() string { return a.duty + " " + a.key + " " + a.owner }

// taskIDs finds the numbers of the acts' tasks.
func (p *people) taskIDs(ctx context.Context, acts []act) (map[string]int64, error) {
	wanted := map[string]bool{}
	for _, a := range acts {
		wanted[a.name()] = true
	}
	ids := map[string]int64{}
	err := p.insist(ctx, func() error {
		var rows []struct {
			ID   int64  `db:"id"`
			Name string `db:"name"`
		}
		if err := p.db.SelectContext(ctx, &rows, `SELECT t.id, d.code || ' ' || r.period_key || ' ' || a.code AS name
			FROM tasks t `+taskNames+` WHERE r.state = 'open'`); err != nil {
			return fmt.Errorf("find tasks: %w", err)
		}
		for _, r := range rows {
			if wanted[r.Name] {
				ids[r.Name] = r.ID
			}
		}
		return nil
	})
	if err == nil && len(ids) != len(wanted) {
		err = fmt.Errorf("%d of %d tasks are open", len(ids), len(wanted))
	}
	return ids, err
}

// insist repeats what fails because something is away.
func (p *people) insist(ctx context.Context, do func() error) error {
	deadline := time.Now().Add(p.patience)
	for {
		err := do()
		var refused *refusal
		if err == nil || errors.As(err, &refused) && !refused.temporary() || time.Now().After(deadline) {
			return err
		}
		if waiting := pause(ctx, 100*time.Millisecond); waiting != nil {
			return errors.Join(waiting, err)
		}
	}
}

func (p *people) perform(ctx context.Context, a act, task int64) error {
	path := fmt.Sprintf("/api/v1/tasks/%d", task)
	body := map[string]any{}
	switch a.deed {
	case submits:
		body["kind"], body["narrative"], path = "report", narrative, path+"/submissions"
	case submitNil:
		body["kind"], path = "nil", path+"/submissions"
	default:
		version, err := p.version(ctx, a.who, path)
		if err != nil {
			return err
		}
		body["version"], body["decision"], path = version, string(a.deed), path+"/reviews"
		if a.deed != accepts {
			body["reason"] = reason
		}
	}
	key := fmt.Sprintf("dien-tap-%s-%d-%d", a.deed, task, a.at.Unix())
	_, err := p.call(ctx, a.who, http.MethodPost, path, key, body)
	return err
}

// call sends one request of a person, under one key until it is answered.
func (p *people) call(ctx context.Context, who, method, path, key string, body any) (answer []byte, err error) {
	var encoded []byte
	if body != nil {
		if encoded, err = json.Marshal(body); err != nil {
			return nil, fmt.Errorf("encode: %w", err)
		}
	}
	tries := 0
	err = p.insist(ctx, func() error {
		tries++
		cookie, err := p.signIn(ctx, who)
		if err != nil {
			return err
		}
		answer, err = p.send(ctx, p.office(who), cookie, method, path, key, encoded)
		return err
	})
	p.mu.Lock()
	defer p.mu.Unlock()
	if key != "" {
		p.acts++
		if tries > 1 {
			p.again++
		}
	}
	return answer, err
}

func (p *people) office(who string) int { return len(who) % len(p.clients) }

// signIn returns the person's session, signing in at the first time.
func (p *people) signIn(ctx context.Context, who string) (string, error) {
	p.mu.Lock()
	cookie := p.cookies[who]
	p.mu.Unlock()
	if cookie != "" {
		return cookie, nil
	}
	body, err := json.Marshal(map[string]string{"email": who, "password": p.password})
	if err != nil {
		return "", fmt.Errorf("encode: %w", err)
	}
	request, err := p.request(ctx, http.MethodPost, "/api/v1/sessions", "dang-nhap-"+who, body)
	if err != nil {
		return "", err
	}
	response, err := p.clients[p.office(who)].Do(request)
	if err != nil {
		return "", fmt.Errorf("sign in: %w", err)
	}
	defer response.Body.Close()
	if response.StatusCode != http.StatusCreated {
		return "", refused(response)
	}
	for _, c := range response.Cookies() {
		if c.Name == "dondoc_session" {
			p.mu.Lock()
			p.cookies[who] = c.Value
			p.mu.Unlock()
			return c.Value, nil
		}
	}
	return "", errors.New("sign in: no session cookie in the answer")
}

func (p *people) request(ctx context.Context, method, path, key string, body []byte) (*http.Request, error) {
	request, err := http.NewRequestWithContext(ctx, method, p.base+path, bytes.NewReader(body))
	if err != nil {
		return nil, fmt.Errorf("request: %w", err)
	}
	if body != nil {
		request.Header.Set("Content-Type", "application/json")
	}
	if key != "" {
		request.Header.Set("Idempotency-Key", key)
	}
	return request, nil
}

func (p *people) send(ctx context.Context, office int, cookie, method, path, key string, body []byte) ([]byte, error) {
	request, err := p.request(ctx, method, path, key, body)
	if err != nil {
		return nil, err
	}
	if cookie != "" {
		request.AddCookie(&http.Cookie{Name: "dondoc_session", Value: cookie})
	}
	response, err := p.clients[office].Do(request)
	if err != nil {
		return nil, fmt.Errorf("send: %w", err)
	}
	defer response.Body.Close()
	if response.StatusCode >= 300 {
		return nil, refused(response)
	}
	answer, err := io.ReadAll(response.Body)
	if err != nil {
		return nil, fmt.Errorf("read answer: %w", err)
	}
	return answer, nil
}

// refusal is an answer other than success.
type refusal struct {
	status int
	body   string
}

func (r *refusal) Error() string { return fmt.Sprintf("HTTP %d: %s", r.status, r.body) }

// temporary: the same request may succeed later.
func (r *refusal) temporary() bool {
	return r.status >= 500 || r.status == http.StatusTooManyRequests
}

func refused(response *http.Response) error {
	body, err := io.ReadAll(io.LimitReader(response.Body, 2000))
	if err != nil {
		body = []byte(err.Error())
	}
	return &refusal{response.StatusCode, strings.TrimSpace(string(body))}
}

// statuses reads the official status of every task, page by page, as the plan authority sees them.
func (p *people) statuses(ctx context.Context, who string) (Book, error) {
	b := Book{}
	for cursor := ""; ; {
		path := "/api/v1/tasks?limit=200"
		if cursor != "" {
			path += "&cursor=" + cursor
		}
		answer, err := p.call(ctx, who, http.MethodGet, path, "", nil)
		if err != nil {
			return nil, err
		}
		var page struct {
			Items []struct {
				Duty   struct{ Code string }
				Agency struct{ Code string }
				Period struct{ Key string }
				Status string
			}
			NextCursor string `json:"next_cursor"`
		}
		if err := json.Unmarshal(answer, &page); err != nil {
			return nil, fmt.Errorf("read tasks: %w", err)
		}
		for _, t := range page.Items {
			b.write("statuses", "%s %s %s %s", t.Duty.Code, t.Period.Key, t.Agency.Code, t.Status)
		}
		if cursor = page.NextCursor; cursor == "" {
			b.sort()
			return b, nil
		}
	}
}

// activate has the plan authority follow a plan.
func (p *people) activate(ctx context.Context, who string, planID int64) error {
	path := fmt.Sprintf("/api/v1/plans/%d", planID)
	version, err := p.version(ctx, who, path)
	if err != nil {
		return err
	}
	_, err = p.call(ctx, who, http.MethodPost, path+"/activate", "theo-doi-ke-hoach", map[string]int{"version": version})
	return err
}

// version reads how often a thing has changed, which an act on it has to name.
func (p *people) version(ctx context.Context, who, path string) (int, error) {
	answer, err := p.call(ctx, who, http.MethodGet, path, "", nil)
	if err != nil {
		return 0, err
	}
	var read struct {
		Version int `json:"version"`
	}
	if err := json.Unmarshal(answer, &read); err != nil {
		return 0, fmt.Errorf("read %s: %w", path, err)
	}
	return read.Version, nil
}

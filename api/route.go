package api

import (
	"bytes"
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"mime"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humagin"
	"github.com/gin-gonic/gin"

	"dondoc/internal/account"
	"dondoc/internal/fault"
	"dondoc/internal/idempotency"
	"dondoc/internal/policy"
	"dondoc/internal/privacy"
	"dondoc/internal/session"
)

const (
	sessionScheme = "session"
	tokenScheme   = "token"
	maxBody       = 1 << 20 // bytes
	maxUpload     = 6 << 20
	// patience is how long one request may take.
	patience = 30 * time.Second
)

// route says at one place what a call is and who may make it.
type route struct {
	huma.Operation
	public bool
	// may is asked before the body is read; nil: everyone who is signed in.
	// Rights over a single thing are the service's to decide.
	may func(policy.Actor) bool
	// scope is what an API token must be good for; empty: no token will do.
	scope policy.Scope
	// enrolling: open to those who must set up a second factor before anything else.
	enrolling bool
	limit     int64
	consumes  string
	// file: the body is a form with one file; slow: it, or the answer, may take long.
	file, slow bool
	// parts of that form beside the file; none: whether it is declared.
	parts []string
	// form describes the body of a call that reads it itself.
	form *huma.RequestBody
}

type option func(*route)

// may restricts a call to actors of whom the rule holds.
func may(rule func(policy.Actor) bool) option { return func(r *route) { r.may = rule } }

// public opens a call to people who are not signed in.
func public(r *route) { r.public = true }

// scope names what an API token must be good for, where it is not what the
// path's first part and the method say.
func scope(s policy.Scope) option { return func(r *route) { r.scope = s } }

// enrolling opens a call to those who must set up a second factor first.
func enrolling(r *route) { r.enrolling = true }

// upload raises the size of what may be sent.
func upload(r *route) { r.limit = maxUpload }

// takes names the content type of the body, where it is not JSON.
func takes(contentType string) option { return func(r *route) { r.consumes = contentType } }

// answers sets the status of success.
func answers(status int) option { return func(r *route) { r.DefaultStatus = status } }

func get(path, id, summary string, options ...option) route {
	return newRoute(http.MethodGet, path, id, summary, options)
}

func post(path, id, summary string, options ...option) route {
	return newRoute(http.MethodPost, path, id, summary, options)
}

// put saves a thing under its address; repeated, it changes nothing more.
func put(path, id, summary string, options ...option) route {
	return newRoute(http.MethodPut, path, id, summary, options)
}

func del(path, id, summary string, options ...option) route {
	return newRoute(http.MethodDelete, path, id, summary, options)
}

func newRoute(method, path, id, summary string, options []option) route {
	r := route{limit: maxBody, consumes: "application/json"}
	r.Method, r.Path, r.OperationID, r.Summary = method, Base+path, id, summary
	part := strings.SplitN(strings.Trim(path, "/"), "/", 2)[0]
	r.scope = scopes[part].of(method)
	for _, apply := range options {
		apply(&r)
	}
	r.Tags = []string{part}
	r.MaxBodyBytes, r.BodyReadTimeout = -1, -1 // the edge has read and limited it
	r.Errors = []int{http.StatusTooManyRequests, http.StatusServiceUnavailable}
	if !r.public {
		r.Security = []map[string][]string{{sessionScheme: {}}}
		if r.scope != "" {
			r.Security = append(r.Security, map[string][]string{tokenScheme: {string(r.scope)}})
		}
		r.Errors = append(r.Errors, http.StatusUnauthorized, http.StatusForbidden)
	}
	if strings.Contains(path, "{") {
		r.Errors = append(r.Errors, http.StatusNotFound)
		if method == http.MethodPost {
			r.Errors = append(r.Errors, http.StatusPreconditionRequired)
		}
	}
	if method == http.MethodPost || method == http.MethodPut {
		r.Errors = append(r.Errors, http.StatusBadRequest, http.StatusConflict, http.StatusRequestEntityTooLarge, http.StatusUnsupportedMediaType)
	}
	if method == http.MethodDelete {
		r.Errors = append(r.Errors, http.StatusConflict)
	}
	return r
}

// handle registers a call. What the handler returns as an error becomes a problem.
func handle[I, O any](s *server, r route, h func(ctx context.Context, in *I) (*O, error)) {
	op := r.Operation
	if _, isFile := any((*O)(nil)).(*file); isFile {
		op.Responses = map[string]*huma.Response{strconv.Itoa(http.StatusOK): {
			Description: "The file", Content: map[string]*huma.MediaType{"application/octet-stream": {Schema: &huma.Schema{Type: "string", Format: "binary"}}},
		}}
	}
	op.Middlewares = huma.Middlewares{s.guard(r)}
	if r.slow {
		op.Middlewares = append(op.Middlewares, func(ctx huma.Context, next func(huma.Context)) {
			s.allowTime(humagin.Unwrap(ctx))
			next(ctx)
		})
	}
	if r.Method == http.MethodPost || r.Method == http.MethodPut {
		op.Middlewares = append(op.Middlewares, s.keyed(r))
	}
	huma.Register(s.huma, op, func(ctx context.Context, in *I) (*O, error) {
		ctx, cancel := context.WithTimeout(ctx, patience)
		defer cancel()
		out, err := session.InTurn(ctx, r.Method, func(ctx context.Context) (*O, error) { return h(ctx, in) })
		if err != nil {
			return nil, s.problem(ctx, err)
		}
		return out, nil
	})
	if r.form != nil {
		// Told afterwards: huma would read the body too.
		s.huma.OpenAPI().Paths[r.Path].Post.RequestBody = r.form
	}
}

// guard lets through whoever may make the call.
func (s *server) guard(r route) func(huma.Context, func(huma.Context)) {
	return func(ctx huma.Context, next func(huma.Context)) {
		actor, signedIn := session.From(ctx.Context())
		switch {
		case r.public:
		case !signedIn:
			s.fail(humagin.Unwrap(ctx), fault.New(fault.Unauthenticated, "session.none",
				"Hãy đăng nhập.", "Sign in first."))
			return
		case !policy.InScope(actor, r.scope):
			s.fail(humagin.Unwrap(ctx), outOfScope(r.scope))
			return
		case actor.MustEnrol && !r.enrolling:
			s.fail(humagin.Unwrap(ctx), account.MustEnrol())
			return
		case r.may != nil && !r.may(actor):
			s.fail(humagin.Unwrap(ctx), fault.New(fault.Forbidden, "forbidden",
				"Vai trò của tài khoản này không có quyền làm việc này.", "The roles of this account do not permit this."))
			return
		}
		next(ctx)
	}
}

// keyed reads the body within its limit and binds the idempotency key to it.
func (s *server) keyed(r route) func(huma.Context, func(huma.Context)) {
	return func(ctx huma.Context, next func(huma.Context)) {
		c := humagin.Unwrap(ctx)
		body, err := s.readBody(c, r)
		if err != nil {
			s.fail(c, err)
			return
		}
		hashed := body
		if r.file {
			form := readForm(body, c.GetHeader("Content-Type"), r.parts)
			body, hashed = nil, form.hash()
			c.Request = c.Request.WithContext(withUploaded(c.Request.Context(), form))
		}
		if c.GetHeader("Confirmed-Warnings") == "true" {
			c.Request = c.Request.WithContext(privacy.Confirm(c.Request.Context()))
		}
		c.Request.Body = io.NopCloser(bytes.NewReader(body))
		// The header's own form is checked with the other parameters.
		if key := c.GetHeader("Idempotency-Key"); key != "" {
			if err := plainKey(key); err != nil {
				s.fail(c, err)
				return
			}
			sum := sha256.New()
			fmt.Fprintf(sum, "%s %s\n", r.Method, c.Request.URL.RequestURI())
			sum.Write(hashed)
			c.Request = c.Request.WithContext(idempotency.With(c.Request.Context(), idempotency.Key{Value: key, RequestHash: sum.Sum(nil)}))
		}
		next(ctx)
	}
}

func (s *server) readBody(c *gin.Context, r route) ([]byte, error) {
	body, err := io.ReadAll(http.MaxBytesReader(c.Writer, c.Request.Body, r.limit))
	if err != nil {
		var tooLarge *http.MaxBytesError
		if errors.As(err, &tooLarge) {
			return nil, err
		}
		return nil, newProblem(c.Request.Context(), http.StatusBadRequest, "request.malformed",
			"Không đọc hết được nội dung gửi lên.", "The request could not be read to its end.")
	}
	if packed := c.GetHeader("Content-Encoding"); packed != "" && packed != "identity" {
		return nil, newProblem(c.Request.Context(), http.StatusUnsupportedMediaType, "request.packed",
			"Nội dung nén không được nhận; hãy gửi không nén, bỏ Content-Encoding.", "Packed content is not taken; send it plain, without Content-Encoding.")
	}
	sent := c.GetHeader("Content-Type")
	if len(body) == 0 {
		return body, nil
	}
	if sent == "" {
		sent = r.consumes
	}
	mediaType, params, err := mime.ParseMediaType(sent)
	switch {
	case err == nil && mediaType == r.consumes && mediaType == "application/json":
		return body, plainJSON(c.Request.Context(), body)
	case err == nil && mediaType == r.consumes:
		return body, nil
	case err == nil && mediaType == formType && r.limit == maxUpload:
		c.Request.Header.Set("Content-Type", "application/json")
		return formAsJSON(body, params["boundary"])
	}
	return nil, newProblem(c.Request.Context(), http.StatusUnsupportedMediaType, "request.media_type",
		"Kiểu nội dung này không được nhận; hãy gửi %s.", "This content type is not taken; send %s.", r.consumes)
}

// who is the actor of a call that only signed-in people can make.
func who(ctx context.Context) policy.Actor {
	actor, _ := session.From(ctx)
	return actor
}

// Keyed is part of every POST.
type Keyed struct {
	IdempotencyKey string `header:"Idempotency-Key" required:"true" minLength:"8" maxLength:"200" doc:"Names this request; repeated with the same content it gets the first answer and acts no second time."`
	Confirmed      bool   `header:"Confirmed-Warnings" doc:"true: the person has confirmed that what looks personal in the request (privacy.unconfirmed) is official, such as a hotline's number."`
}

// Versioned is part of every act on a thing that may have changed meanwhile.
type Versioned struct {
	IfMatch string `header:"If-Match" doc:"The version that was read, as in ETag; or give \"version\" in the body."`
}

// of returns the version that the caller read; 0 where none is given and none needed.
func (v Versioned) of(ctx context.Context, body int, needed bool) (int, error) {
	version := body
	if v.IfMatch != "" {
		text := strings.Trim(strings.TrimPrefix(v.IfMatch, "W/"), `"`)
		fromHeader, err := strconv.Atoi(text)
		if err != nil || fromHeader < 1 || body != 0 && body != fromHeader {
			return 0, fault.New(fault.Invalid, "version.invalid",
				"Phiên bản trong If-Match không đúng, hoặc khác với phiên bản trong nội dung.",
				"The version in If-Match is invalid, or differs from the one in the body.").At("If-Match")
		}
		version = fromHeader
	}
	if version == 0 && needed {
		return 0, newProblem(ctx, http.StatusPreconditionRequired, "version.required",
			"Hãy gửi kèm phiên bản đã đọc, trong version hoặc If-Match.", "Give the version that was read, as version or If-Match.")
	}
	return version, nil
}

func etag(version int) string { return strconv.Quote(strconv.Itoa(version)) }

// Paged are the parameters of a list in pages.
type Paged struct {
	Limit  int    `query:"limit" minimum:"1" maximum:"200" default:"50"`
	Cursor string `query:"cursor" maxLength:"500" doc:"next_cursor of the previous page."`
}

// List is a page of a list.
type List[T any] struct {
	Items      []T    `json:"items"`
	NextCursor string `json:"next_cursor,omitempty" doc:"Where the list goes on; absent at its end."`
}

// listOf turns domain values into a page.
func listOf[D, T any](values []D, next string, view func(D) T) List[T] {
	list := List[T]{Items: make([]T, len(values)), NextCursor: next}
	for i, v := range values {
		list.Items[i] = view(v)
	}
	return list
}

// None is a call without parameters.
type None struct{}

// Answer is a body.
type Answer[T any] struct{ Body T }

// Empty is an answer without a body.
type Empty struct{}

// ID is a thing's number in the path.
type ID struct {
	ID int64 `path:"id" minimum:"1"`
}

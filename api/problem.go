package api

import (
	"context"
	"database/sql/driver"
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"net/http"
	"strconv"

	"github.com/gin-gonic/gin"

	"dondoc/internal/account"
	"dondoc/internal/fault"
	"dondoc/internal/plan"
	"dondoc/internal/session"
	"dondoc/internal/task"
)

const problemType = "application/problem+json"

// Problem is the answer to a request that failed (RFC 9457).
type Problem struct {
	Title  string `json:"title" doc:"What kind of failure it is, in the reader's language."`
	Status int    `json:"status" doc:"The HTTP status."`
	Detail string `json:"detail" doc:"What is wrong and what helps, in the reader's language."`
	Code   string `json:"code" doc:"Stable name of the failure, for programs." example:"task.closed"`
	// Reference is set for unexpected failures: what was logged bears the same number.
	Reference string         `json:"reference,omitempty" doc:"Number under which an unexpected failure was logged."`
	Errors    []ProblemEntry `json:"errors,omitempty" doc:"Every single fault of the request."`
	Current   *Current       `json:"current,omitempty" doc:"How the thing stands now, when it changed since it was read."`
	// Challenge goes with the code of the second factor.
	Challenge string `json:"challenge,omitempty" doc:"With session.second_step: give it with the code to sign in."`

	retryAfter int
}

// ProblemEntry is one fault of a request: of a field, or of a place in a file.
type ProblemEntry struct {
	Code     string `json:"code"`
	Field    string `json:"field,omitempty" doc:"Path of the value in the request or file."`
	Detail   string `json:"detail" doc:"What is wrong and how to mend it, in the reader's language."`
	Severity string `json:"severity,omitempty" enum:"error,warning"`
	File     string `json:"file,omitempty"`
	Line     int    `json:"line,omitempty" doc:"From 1."`
	Column   int    `json:"column,omitempty" doc:"From 1, in characters."`
}

// Current is how a thing stands that an act could not change.
type Current struct {
	State   string `json:"state"`
	Version int    `json:"version"`
}

// Error returns the sentence.
func (p *Problem) Error() string { return p.Detail }

// GetStatus returns the HTTP status.
func (p *Problem) GetStatus() int { return p.Status }

// ContentType says that this is no ordinary JSON.
func (p *Problem) ContentType(string) string { return problemType }

// GetHeaders returns the headers that go with the problem.
func (p *Problem) GetHeaders() http.Header {
	h := http.Header{}
	if p.retryAfter > 0 {
		h.Set("Retry-After", strconv.Itoa(p.retryAfter))
	}
	return h
}

var statuses = map[fault.Kind]int{
	fault.Invalid: http.StatusUnprocessableEntity, fault.Unauthenticated: http.StatusUnauthorized,
	fault.Forbidden: http.StatusForbidden, fault.NotFound: http.StatusNotFound, fault.Conflict: http.StatusConflict,
	fault.TooMany: http.StatusTooManyRequests, fault.Unavailable: http.StatusServiceUnavailable,
}

var titlesVI = map[int]string{
	http.StatusBadRequest: "Yêu cầu sai dạng", http.StatusUnauthorized: "Chưa đăng nhập", http.StatusForbidden: "Không có quyền",
	http.StatusNotFound: "Không tìm thấy", http.StatusMethodNotAllowed: "Phương thức không được nhận",
	http.StatusConflict: "Đã có thay đổi", http.StatusPreconditionRequired: "Thiếu phiên bản",
	http.StatusRequestEntityTooLarge: "Yêu cầu quá lớn", http.StatusUnsupportedMediaType: "Kiểu nội dung không được nhận",
	http.StatusUnprocessableEntity: "Nội dung chưa đúng", http.StatusTooManyRequests: "Quá nhiều lần thử",
	http.StatusInternalServerError: "Lỗi hệ thống", http.StatusServiceUnavailable: "Tạm thời gián đoạn",
}

// clientGone is the status that is logged when nobody waits for the answer any more.
const clientGone = 499

func newProblem(ctx context.Context, status int, code, vi, en string, args ...any) *Problem {
	p := &Problem{Status: status, Code: code, Title: http.StatusText(status)}
	if session.Language(ctx) == "en" {
		p.Detail = fmt.Sprintf(en, args...)
		return p
	}
	if title, ok := titlesVI[status]; ok {
		p.Title = title
	}
	p.Detail = fmt.Sprintf(vi, args...)
	return p
}

// problem turns any error into an answer; what nobody expected is logged here,
// once and in full.
func (s *server) problem(ctx context.Context, err error) *Problem {
	var ready *Problem
	var tooLarge *http.MaxBytesError
	switch {
	case errors.As(err, &ready):
		return ready
	case errors.As(err, &tooLarge):
		return newProblem(ctx, http.StatusRequestEntityTooLarge, "request.too_large",
			"Nội dung gửi lên quá lớn, tối đa %d KB.", "The request is too large; at most %d KB.", tooLarge.Limit>>10)
	}
	if f := fault.Of(err); f != nil {
		return faultProblem(ctx, f, err)
	}
	if errors.Is(err, context.Canceled) {
		return newProblem(ctx, clientGone, "request.cancelled", "Yêu cầu đã bị hủy.", "The request was cancelled.")
	}
	session.LogUnexpected(ctx, s.Log, err)
	p := newProblem(ctx, http.StatusInternalServerError, "unexpected",
		"Có lỗi ngoài dự kiến. Khi báo quản trị hệ thống, hãy kèm số %s.",
		"Something unexpected happened. When you tell the administrator, give the number %s.", session.RequestID(ctx))
	var network *net.OpError
	if errors.Is(err, driver.ErrBadConn) || errors.As(err, &network) || errors.Is(err, context.DeadlineExceeded) {
		p = newProblem(ctx, http.StatusServiceUnavailable, "unavailable",
			"Hệ thống tạm thời gián đoạn, chưa ghi nhận gì. Hãy thử lại sau ít phút. Số tra cứu: %s.",
			"The system is away for a moment; nothing was recorded. Try again in a few minutes. Reference: %s.", session.RequestID(ctx))
		p.retryAfter = 10
	}
	p.Reference = session.RequestID(ctx)
	return p
}

func faultProblem(ctx context.Context, f *fault.Fault, err error) *Problem {
	language := session.Language(ctx)
	status, ok := statuses[f.Kind]
	if !ok {
		status = http.StatusInternalServerError
	}
	p := newProblem(ctx, status, f.Code, "%s", "%s", f.Message(language))
	var list account.Problems
	var faults planFaults
	var wait *account.TooMany
	switch {
	case errors.As(err, &list):
		for _, one := range list {
			p.Errors = append(p.Errors, ProblemEntry{Code: one.Code, Field: one.Field, Detail: one.In(language), Line: one.Line, Column: one.Column})
		}
	case errors.As(err, &faults):
		p.Errors = planEntries(plan.Problems(faults), language)
	default:
		if f.Field != "" {
			p.Errors = append(p.Errors, ProblemEntry{Code: f.Code, Field: f.Field, Detail: f.Message(language), Line: f.Line, Column: f.Column})
		}
		severity := ""
		if f.Code == task.Unexplained {
			severity = "warning" // answered, it stands
		}
		for _, detail := range f.Details {
			p.Errors = append(p.Errors, ProblemEntry{
				Code: detail.Code, Field: detail.Field, Detail: detail.Message(language), Severity: severity, Line: detail.Line, Column: detail.Column,
			})
		}
	}
	var second *account.SecondStep
	if errors.As(err, &second) {
		p.Challenge = second.Challenge
	}
	if errors.As(err, &wait) {
		p.retryAfter = wait.Seconds()
	}
	return p
}

// writeProblem answers outside of huma and ends the request.
func writeProblem(c *gin.Context, p *Problem) {
	for name, values := range p.GetHeaders() {
		c.Writer.Header()[name] = values
	}
	body, err := json.Marshal(p)
	if err != nil { // strings and numbers only: cannot happen
		panic(err)
	}
	c.Data(p.Status, problemType, body)
	c.Abort()
}

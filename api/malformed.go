package api

import (
	"errors"
	"fmt"
	"net/http"
	"regexp"
	"strings"
	"sync"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/validation"

	"dondoc/internal/session"
)

var installOnce sync.Once

// installProblems makes huma write malformed requests as our problems. These
// variables are huma's only way to do so; this package is its only user.
func installProblems() {
	installOnce.Do(func() {
		// The document takes the errors' schema from this one.
		huma.NewError = func(status int, message string, _ ...error) huma.StatusError {
			return &Problem{Status: status, Detail: message}
		}
		huma.NewErrorWithContext = malformed
		// "Version" is no "version": it is a field that nobody knows.
		huma.ValidateStrictCasing = true
	})
}

// reasons are what huma refuses a request for, by status.
var reasons = map[int]struct{ code, vi, en string }{
	http.StatusBadRequest:            {"request.malformed", "Không đọc được nội dung gửi lên.", "The request cannot be read."},
	http.StatusRequestEntityTooLarge: {"request.too_large", "Nội dung gửi lên quá lớn.", "The request is too large."},
	http.StatusUnsupportedMediaType:  {"request.media_type", "Kiểu nội dung này không được nhận; hãy gửi application/json.", "This content type is not taken; send application/json."},
	http.StatusUnprocessableEntity:   {"request.invalid", "Nội dung gửi lên có chỗ chưa đúng.", "The request has faults."},
	http.StatusRequestTimeout:        {"request.timeout", "Nội dung gửi lên quá chậm.", "The request came too slowly."},
}

// malformed writes what huma found wrong with a request, without echoing any
// value: it may be a password.
func malformed(ctx huma.Context, status int, message string, errs ...error) huma.StatusError {
	reason, ok := reasons[status]
	if !ok {
		return newProblem(ctx.Context(), status, "request.refused", "Yêu cầu không được nhận (%s).", "The request was refused (%s).", message)
	}
	p := newProblem(ctx.Context(), status, reason.code, "%[1]s", "%[2]s", reason.vi, reason.en)
	english := session.Language(ctx.Context()) == "en"
	for _, err := range errs {
		var detailer huma.ErrorDetailer
		if err == nil || !errors.As(err, &detailer) {
			continue
		}
		detail := detailer.ErrorDetail()
		entry := ProblemEntry{Code: "value.invalid", Field: field(detail.Location), Detail: detail.Message}
		if missing := missingProperty.FindStringSubmatch(detail.Message); missing != nil {
			// huma blames the object; the person looks for the field.
			entry.Code, entry.Field = "value.missing", field(detail.Location+"."+missing[1])
		}
		if strings.HasPrefix(detail.Message, "json: ") { // Go's own words, for programmers
			detail.Message = "unexpected type or range of a value"
			entry.Detail = detail.Message
		}
		if !english {
			entry.Detail = inVietnamese(detail.Message)
		}
		p.Errors = append(p.Errors, entry)
	}
	return p
}

// field turns "body.figures[0].value" into "figures[0].value".
func field(location string) string {
	for _, place := range []string{"body.", "query.", "path.", "header."} {
		if rest, ok := strings.CutPrefix(location, place); ok {
			return rest
		}
	}
	return location
}

// phrase is a message of huma's and what it says in Vietnamese; both have the
// same number of values.
type phrase struct{ en, vi string }

var phrases = compile([]phrase{
	{validation.MsgUnexpectedProperty, "không có trường này"},
	{"unknown query parameter", "không có tham số này"},
	{"required header parameter is missing", "thiếu tiêu đề này"},
	{"required query parameter is missing", "thiếu tham số này"},
	{"required path parameter is missing", "thiếu phần này của địa chỉ"},
	{"invalid integer", "phải là số nguyên"},
	{"invalid boolean", "phải là true hoặc false"},
	{validation.MsgExpectedRFC3339DateTime, "phải là thời điểm dạng 2026-11-23T08:00:00Z"},
	{"invalid date/time for format %v", "phải là thời điểm dạng 2026-11-23T08:00:00Z"},
	{validation.MsgExpectedRFC3339Date, "phải là ngày dạng 2026-11-23"},
	{validation.MsgExpectedBoolean, "phải là true hoặc false"},
	{validation.MsgExpectedNumber, "phải là số"},
	{validation.MsgExpectedInteger, "phải là số nguyên"},
	{validation.MsgExpectedString, "phải là chữ"},
	{validation.MsgExpectedArray, "phải là danh sách"},
	{validation.MsgExpectedObject, "phải là đối tượng JSON"},
	{validation.MsgExpectedOneOf, "phải là một trong: %s"},
	{validation.MsgExpectedMinimumNumber, "nhỏ nhất là %s"},
	{validation.MsgExpectedMaximumNumber, "lớn nhất là %s"},
	{validation.MsgExpectedMinLength, "dài ít nhất %s ký tự"},
	{validation.MsgExpectedMaxLength, "dài nhiều nhất %s ký tự"},
	{validation.MsgExpectedMinItems, "cần ít nhất %s mục"},
	{validation.MsgExpectedMaxItems, "nhiều nhất %s mục"},
	{validation.MsgExpectedRequiredProperty, "thiếu trường %s"},
	{"invalid character %v", "không phải JSON đúng dạng"},
	{"unexpected type or range of a value", "có giá trị sai kiểu hoặc ngoài phạm vi"},
	{"unexpected end of JSON input", "JSON bị đứt ở cuối"},
})

var missingProperty = compile([]phrase{{validation.MsgExpectedRequiredProperty, ""}})[0].pattern

type compiled struct {
	pattern *regexp.Regexp
	vi      string
}

var verb = regexp.MustCompile(`%[vds]`)

func compile(phrases []phrase) []compiled {
	all := make([]compiled, len(phrases))
	for i, p := range phrases {
		parts := verb.Split(p.en, -1)
		for j := range parts {
			parts[j] = regexp.QuoteMeta(parts[j])
		}
		all[i] = compiled{regexp.MustCompile("^" + strings.Join(parts, "(.*)") + "$"), p.vi}
	}
	return all
}

func inVietnamese(message string) string {
	for _, p := range phrases {
		found := p.pattern.FindStringSubmatch(message)
		if found == nil {
			continue
		}
		args := make([]any, 0, len(found))
		for _, value := range found[1:] {
			args = append(args, value)
		}
		return fmt.Sprintf(p.vi, args[:strings.Count(p.vi, "%s")]...)
	}
	return "giá trị chưa đúng"
}

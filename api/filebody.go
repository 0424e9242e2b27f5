package api

import (
	"bytes"
	"cmp"
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"maps"
	"mime"
	"mime/multipart"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/gin-gonic/gin"

	"dondoc/internal/fault"
)

const (
	partFile     = "file"
	partDeclared = "declared"
	// maxFormRest is what a form may have around its file.
	maxFormRest = 64 << 10
	// unhurried is how long a file may take over a slow line.
	unhurried = 10 * time.Minute
)

// slow gives a call the time that a file needs over a slow line.
func slow(r *route) { r.slow = true }

// allowTime moves the server's time limits for one request. A server without
// them, as in tests, has nothing to move.
func (s *server) allowTime(c *gin.Context) {
	limits := http.NewResponseController(c.Writer)
	until := s.Wall().Add(unhurried)
	for _, set := range []func(time.Time) error{limits.SetReadDeadline, limits.SetWriteDeadline} {
		if err := set(until); err != nil && !errors.Is(err, http.ErrNotSupported) {
			s.Log.WarnContext(c.Request.Context(), "allow time for a file", "error", err)
		}
	}
}

// uploaded is a file that came as a form.
type uploaded struct {
	name     string
	content  []byte
	declared bool
	// fields are the other parts that the call takes, by name.
	fields map[string]string
	err    error
}

// hash stands for the form in the idempotency key: a repeat with another
// boundary is still the same request.
func (u uploaded) hash() []byte {
	sum := sha256.New()
	fmt.Fprintf(sum, "%d:%s %t\n", len(u.name), u.name, u.declared)
	for _, name := range slices.Sorted(maps.Keys(u.fields)) {
		fmt.Fprintf(sum, "%s %d:%s\n", name, len(u.fields[name]), u.fields[name])
	}
	sum.Write(u.content)
	return sum.Sum(nil)
}

type uploadedKey struct{}

// uploadedIn is the file of a call that takes one, or what is wrong with its form.
func uploadedIn(ctx context.Context) (uploaded, error) {
	u, ok := ctx.Value(uploadedKey{}).(uploaded)
	if !ok {
		return u, errors.New("no form was read for a call that takes a file")
	}
	return u, u.err
}

func withUploaded(ctx context.Context, u uploaded) context.Context {
	return context.WithValue(ctx, uploadedKey{}, u)
}

// readForm reads the parts of a form with one file, and those others that the
// call takes. The name is taken as it was sent: whether it is one, with or
// without a path, is told to the person.
func readForm(body []byte, contentType string, others []string) (u uploaded) {
	refuse := func(field, vi, en string, args ...any) uploaded {
		return uploaded{err: fault.New(fault.Invalid, "form.invalid", vi, en, args...).At(field)}
	}
	_, params, err := mime.ParseMediaType(contentType)
	if err != nil || params["boundary"] == "" {
		return refuse("", "Biểu mẫu thiếu ranh giới (boundary).", "The form has no boundary.")
	}
	// The reader takes a head that is cut off for the end.
	if !bytes.Contains(body, []byte("--"+params["boundary"]+"--")) {
		return refuse("", "Biểu mẫu bị đứt hoặc không đọc được. Gửi lại.", "The form is cut off or cannot be read. Send it again.")
	}
	parts := multipart.NewReader(bytes.NewReader(body), params["boundary"])
	for seen := map[string]bool{}; ; {
		part, err := parts.NextRawPart()
		if errors.Is(err, io.EOF) {
			if !seen[partFile] {
				return refuse(partFile, "Biểu mẫu thiếu phần “file” là tệp cần gửi.", "The form lacks the part \"file\", the file to send.")
			}
			return u
		}
		if err != nil {
			return refuse("", "Biểu mẫu bị đứt hoặc không đọc được. Gửi lại.", "The form is cut off or cannot be read. Send it again.")
		}
		content, err := io.ReadAll(part)
		if err != nil {
			return refuse("", "Biểu mẫu bị đứt hoặc không đọc được. Gửi lại.", "The form is cut off or cannot be read. Send it again.")
		}
		_, disposition, err := mime.ParseMediaType(part.Header.Get("Content-Disposition"))
		name := disposition["name"]
		switch {
		case err != nil:
			return refuse("", "Một phần của biểu mẫu không có tên.", "A part of the form has no name.")
		case seen[name]:
			return refuse(name, "Phần “%s” có hai lần. Gửi từng tệp một.", "The part %q comes twice. Send the files one by one.", name)
		case name == partFile:
			u.name, u.content = disposition["filename"], content
		case slices.Contains(others, name):
			if u.fields == nil {
				u.fields = map[string]string{}
			}
			u.fields[name] = string(content)
		case name == partDeclared && len(others) == 0:
			if u.declared = string(content) == "true"; !u.declared && string(content) != "false" {
				return refuse(partDeclared, "declared là true hoặc false.", "declared is true or false.")
			}
		default:
			known := strings.Join(append([]string{partFile}, cmp.Or(strings.Join(others, ", "), partDeclared)), ", ")
			return refuse(name, "Biểu mẫu không có phần %q; các phần: %s.", "There is no part %q; the parts are %s.", name, known)
		}
		seen[name] = true
	}
}

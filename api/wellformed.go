package api

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"math"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/gin-gonic/gin"

	"dondoc/internal/fault"
	"dondoc/internal/session"
)

// Days and instants of a request lie between these years.
const firstYear, lastYear = 1900, 2200

// maxNumber is beyond what any call means by a number, and within 64 bits.
const maxNumber = 1 << 62

// maxDepth is how deep a body may nest; what is asked for nests to four.
const maxDepth = 32

func notText(field string) *fault.Fault {
	return fault.New(fault.Invalid, "text.encoding",
		"Chữ gửi lên không phải UTF-8. Lưu hoặc gửi lại bằng UTF-8.", "The text is not valid UTF-8. Send it in UTF-8.").At(field)
}

func noNUL(field, text string) *fault.Fault {
	before, _, _ := strings.Cut(text, "\x00")
	line, column := placeIn([]byte(before))
	f := fault.New(fault.Invalid, "text.control",
		"Dòng %d, ký tự thứ %d: có ký tự rỗng (mã U+0000), không được phép. Xóa ký tự ấy.",
		"Line %d, character %d: a NUL character (code U+0000) is not allowed. Delete it.", line, column).At(field)
	f.Line, f.Column = line, column
	return f
}

// plainAddress refuses an address with text that no database stores: what is
// no UTF-8, and NUL. Where huma reads the first of several values, there is one.
func (s *server) plainAddress(c *gin.Context) {
	query, err := url.ParseQuery(c.Request.URL.RawQuery)
	if err != nil {
		s.fail(c, fault.New(fault.Invalid, "query.malformed",
			"Phần sau dấu ? của địa chỉ viết sai dạng.", "What follows the ? of the address is malformed.").At("query"))
		return
	}
	for name, values := range query {
		for _, text := range append(values, name) {
			f := badText(name, text)
			if at, err := time.Parse(time.RFC3339, text); f == nil && err == nil {
				f = farAway(name, text, at.Year())
			}
			if f != nil {
				s.fail(c, f)
				return
			}
		}
		if len(values) > 1 {
			s.fail(c, twice(name))
			return
		}
	}
	for _, p := range c.Params {
		if f := badText(p.Key, p.Value); f != nil {
			s.fail(c, f)
			return
		}
	}
	c.Next()
}

// farAway refuses a year that can only be a slip of the pen, and that a
// database might not keep.
func farAway(field, value string, year int) *fault.Fault {
	if year >= firstYear && year <= lastYear {
		return nil
	}
	return fault.New(fault.Invalid, "date.far",
		"%s quá xa: nhận từ năm %d đến năm %d. Kiểm tra lại năm.", "%s is too far away: years from %d to %d are taken. Check the year.",
		value, firstYear, lastYear).At(field)
}

func badText(field, text string) *fault.Fault {
	switch {
	case !utf8.ValidString(text):
		return notText(strings.ToValidUTF8(field, "\uFFFD"))
	case strings.ContainsRune(text, 0):
		return noNUL(strings.ReplaceAll(field, "\x00", "\uFFFD"), text)
	}
	return nil
}

func twice(field string) *fault.Fault {
	return fault.New(fault.Invalid, "value.twice",
		"Được ghi hai lần; hãy ghi một lần.", "It is given twice; give it once.").At(field)
}

// plainKey refuses an idempotency key that could not be kept.
func plainKey(key string) error {
	if !utf8.ValidString(key) || strings.ContainsFunc(key, unicode.IsControl) {
		return fault.New(fault.Invalid, "idempotency.malformed",
			"Khóa chống gửi trùng có ký tự không được phép.", "The idempotency key has characters that are not allowed.").At("Idempotency-Key")
	}
	return nil
}

// plainJSON refuses what Go's decoder would change in silence, or name no field
// for: text that is no UTF-8 or holds NUL, a key that is there twice, numbers
// beyond all range, nesting without end, and what is no JSON or more than one.
func plainJSON(ctx context.Context, body []byte) error {
	if !utf8.Valid(body) {
		f := notText("body")
		f.Line, f.Column = placeIn(body[:validUpTo(body)])
		return f
	}
	decoder := json.NewDecoder(bytes.NewReader(body))
	decoder.UseNumber()
	_, err := plainValue(decoder, "", 0)
	if f := fault.Of(err); f != nil {
		return f
	}
	if _, more := decoder.Token(); err == nil && errors.Is(more, io.EOF) {
		return nil
	}
	line, column := placeIn(body[:min(len(body), int(decoder.InputOffset()))])
	f := fault.New(fault.Invalid, "request.malformed", "Không phải JSON đúng dạng, ở dòng %d, ký tự thứ %d.", "This is no well-formed JSON, at line %d, character %d.", line, column)
	p := newProblem(ctx, http.StatusBadRequest, f.Code, "%s", "%s", f.Message(session.Language(ctx)))
	p.Errors = []ProblemEntry{{Code: "value.invalid", Field: "body", Detail: p.Detail, Line: line, Column: column}}
	return p
}

// validUpTo is how many bytes come before the first that is no UTF-8.
func validUpTo(body []byte) int {
	for at := 0; at < len(body); {
		r, size := utf8.DecodeRune(body[at:])
		if r == utf8.RuneError && size <= 1 {
			return at
		}
		at += size
	}
	return len(body)
}

// placeIn is the line and character, from 1, that follow a text.
func placeIn(before []byte) (line, column int) {
	return 1 + bytes.Count(before, []byte("\n")), 1 + utf8.RuneCount(before[bytes.LastIndexByte(before, '\n')+1:])
}

// errMalformed ends the walk through a body that is no JSON.
var errMalformed = errors.New("malformed JSON")

// plainValue walks over the next value; a delimiter that closes is returned.
func plainValue(d *json.Decoder, field string, depth int) (json.Delim, error) {
	token, err := d.Token()
	if err != nil {
		return 0, errors.Join(errMalformed, err)
	}
	switch token := token.(type) {
	case string:
		if strings.ContainsRune(token, 0) {
			return 0, noNUL(field, token)
		}
	case json.Number:
		if n, err := strconv.ParseFloat(token.String(), 64); err != nil || math.Abs(n) > maxNumber {
			return 0, fault.New(fault.Invalid, "value.range", "Số này quá lớn.", "This number is too large.").At(field)
		}
	case json.Delim:
		switch {
		case token == ']' || token == '}':
			return token, nil
		case depth == maxDepth:
			return 0, fault.New(fault.Invalid, "value.deep",
				"Nội dung lồng nhau quá sâu (tối đa %d lớp).", "The request nests too deep (at most %d levels).", maxDepth).At(field)
		case token == '{':
			return 0, plainObject(d, field, depth)
		}
		for i := 0; ; i++ {
			closing, err := plainValue(d, field+"["+strconv.Itoa(i)+"]", depth+1)
			if err != nil || closing == ']' {
				return 0, err
			}
		}
	}
	return 0, nil
}

func plainObject(d *json.Decoder, field string, depth int) error {
	var names []string
	for {
		token, err := d.Token()
		if err != nil && !errors.Is(err, io.EOF) {
			return errors.Join(errMalformed, err)
		}
		name, ok := token.(string)
		if !ok {
			return nil // the closing brace, or the end of a body that was cut off
		}
		at := strings.TrimPrefix(field+"."+name, ".")
		if strings.ContainsRune(name, 0) {
			return noNUL(strings.ReplaceAll(at, "\x00", "\uFFFD"), name)
		}
		if slices.Contains(names, name) {
			return twice(at)
		}
		names = append(names, name)
		if _, err := plainValue(d, at, depth+1); err != nil {
			return err
		}
	}
}

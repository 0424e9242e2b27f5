package feed

import (
	"net/url"
	"strings"

	"dondoc/internal/fault"
)

// Path is where feeds are fetched; the token follows, then Extension.
const (
	Path      = "/feeds/"
	Extension = ".ics"
)

// maxToken is longer than any token; what is longer is none.
const maxToken = 100

// Address is what a calendar program subscribes to. The base comes from the
// configuration, never from a request.
func Address(base, token string) string {
	return strings.TrimRight(base, "/") + Path + url.PathEscape(token) + Extension
}

// TokenIn finds the token in the name of a fetched file; false for names that
// no feed has.
func TokenIn(file string) (string, bool) {
	token, ok := strings.CutSuffix(file, Extension)
	return token, ok && token != "" && len(token) <= maxToken
}

// None answers every address that opens nothing, whatever the reason.
func None() error {
	return fault.New(fault.NotFound, "feed.none",
		"Không có lịch ở địa chỉ này, hoặc lịch đã được thu hồi.", "There is no calendar at this address, or it was revoked.")
}

package postgres

import (
	"encoding/base64"
	"strconv"
	"strings"
	"time"

	"dondoc/internal/fault"
)

// Lists give defaultLimit rows where the caller names no limit, never more than maxLimit.
const (
	defaultLimit = 50
	maxLimit     = 200
)

func limitOf(limit int) int {
	if limit <= 0 {
		return defaultLimit
	}
	return min(limit, maxLimit)
}

// A cursor is the sort key and the id of the last row of a page, opaque to
// callers. The list's name stands in it, so that a cursor of one list is
// refused by another.
func encodeCursor(list, key string, id int64) string {
	return base64.RawURLEncoding.EncodeToString([]byte(list + "|" + key + "|" + strconv.FormatInt(id, 10)))
}

func refusedCursor() error {
	return fault.New(fault.Invalid, "cursor.invalid",
		"Dấu trang không hợp lệ. Mở lại danh sách từ đầu.", "The cursor is not valid. Start the list again.").At("cursor")
}

func decodeCursor(list, cursor string) (key string, id int64, err error) {
	text, err := base64.RawURLEncoding.DecodeString(cursor)
	if err != nil {
		return "", 0, refusedCursor()
	}
	parts := strings.Split(string(text), "|")
	if len(parts) != 3 || parts[0] != list {
		return "", 0, refusedCursor()
	}
	if id, err = strconv.ParseInt(parts[2], 10, 64); err != nil {
		return "", 0, refusedCursor()
	}
	return parts[1], id, nil
}

// place is where a list sorted by an instant goes on. The zero place is the beginning.
type place struct {
	Set bool
	At  time.Time
	ID  int64
}

func placeOf(list, cursor string) (place, error) {
	if cursor == "" {
		return place{}, nil
	}
	key, id, err := decodeCursor(list, cursor)
	if err != nil {
		return place{}, err
	}
	micros, err := strconv.ParseInt(key, 10, 64)
	at := time.UnixMicro(micros).UTC()
	if err != nil || at.Year() < 1 || at.Year() > 9999 {
		return place{}, refusedCursor()
	}
	return place{Set: true, At: at, ID: id}, nil
}

func cursorAt(list string, at time.Time, id int64) string {
	return encodeCursor(list, strconv.FormatInt(at.UnixMicro(), 10), id)
}

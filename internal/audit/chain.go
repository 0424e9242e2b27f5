package audit

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/binary"
	"time"
)

// MACSize is the length of a MAC in bytes.
const MACSize = sha256.Size

// Row is one row of the trail as it is stored. Instants count in microseconds,
// as Postgres keeps them. Before and After are the texts that Postgres gives
// for its jsonb values, which are canonical: key order and blanks are its own.
type Row struct {
	ID          int64
	At          time.Time // business
	RecordedAt  time.Time // wall
	ActorID     *int64    // nil: the system
	OnBehalfOf  *int64
	StoodInFor  *int64 // the person for whom the actor stood in
	Action      string
	Entity      string
	EntityID    int64
	Before      *string
	After       *string
	Transaction uint64
}

// Sealed is a row with its place in the chain.
type Sealed struct {
	Row
	Number int64 // from 1, without gaps
	MAC    []byte
}

// encoding names the layout below; another layout gets another name. A row of
// somebody who stood in for another bears that person's number too.
const (
	encoding        = "dondoc audit 1"
	encodingStoodIn = "dondoc audit 2"
)

// encode writes the row and its number so that no two different rows give the
// same bytes: fixed-width integers, texts with their length, presence marked.
func encode(r Row, number int64) []byte {
	b := make([]byte, 0, 160+len(r.Action)+len(r.Entity)+length(r.Before)+length(r.After))
	if r.StoodInFor == nil {
		b = appendText(b, encoding)
	} else {
		b = appendInt(appendText(b, encodingStoodIn), *r.StoodInFor)
	}
	b = appendInt(b, number)
	b = appendInt(b, r.ID)
	b = appendInt(b, r.At.UnixMicro())
	b = appendInt(b, r.RecordedAt.UnixMicro())
	b = appendOptionalInt(b, r.ActorID)
	b = appendOptionalInt(b, r.OnBehalfOf)
	b = appendText(b, r.Action)
	b = appendText(b, r.Entity)
	b = appendInt(b, r.EntityID)
	b = appendOptionalText(b, r.Before)
	b = appendOptionalText(b, r.After)
	return binary.BigEndian.AppendUint64(b, r.Transaction)
}

func length(s *string) int {
	if s == nil {
		return 0
	}
	return len(*s)
}

func appendInt(b []byte, n int64) []byte { return binary.BigEndian.AppendUint64(b, uint64(n)) } //nolint:gosec // two's complement is meant

func appendText(b []byte, s string) []byte {
	return append(binary.BigEndian.AppendUint64(b, uint64(len(s))), s...)
}

func appendOptionalInt(b []byte, n *int64) []byte {
	if n == nil {
		return append(b, 0)
	}
	return appendInt(append(b, 1), *n)
}

func appendOptionalText(b []byte, s *string) []byte {
	if s == nil {
		return append(b, 0)
	}
	return appendText(append(b, 1), *s)
}

// Seal returns the MAC of a row at a number of the chain, given its
// predecessor's MAC; the first row's predecessor is Genesis.
func Seal(key, previous []byte, r Row, number int64) []byte {
	mac := hmac.New(sha256.New, key)
	mac.Write(previous)
	mac.Write(encode(r, number))
	return mac.Sum(nil)
}

// Genesis stands before the first row.
func Genesis() []byte { return make([]byte, MACSize) }

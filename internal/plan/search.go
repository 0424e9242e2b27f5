package plan

import (
	"strings"
	"time"
	"unicode"
)

// Found is what a search answers: plans and duties that the reader may see, the
// best first.
type Found struct {
	Plans  []Record
	Duties []FoundDuty
	// Results are accepted ones, Requests what was asked about tasks; both by their
	// text, the newest first.
	Results, Requests []FoundText
	// More: there were more of a kind than are shown.
	More bool
}

// FoundText is a result or a request whose text holds all words asked for.
type FoundText struct {
	TaskID    int64
	RequestID int64  // 0: a result
	Kind      string // of the request
	DutyCode  string
	DutyTitle string
	PeriodKey string
	Agency    string // who owes the task
	PlanTitle string
	TimeZone  string // of the plan
	At        time.Time
	Excerpt   string // of a request, around the first of the words; reading a result is recorded, so there is none
}

// MostFoundTexts is how many results and how many requests a search shows at most.
const MostFoundTexts = 20

// FoundDuty is a duty that holds all words asked for.
type FoundDuty struct {
	PlanID      int64
	PlanTitle   string
	Code, Title string
	Text        string
	Owners      []string // who leads or implements, in the order of the plan
}

// MostFound is how many duties a search shows at most.
const MostFound = 50

// The bounds of what is searched for, in characters and words.
const (
	longestSearch = 200
	mostWords     = 12
)

// SearchWords are the words of a query, each of them asked for. A query beyond the
// bounds is cut; characters that no stored text holds part words as blanks do.
func SearchWords(query string) []string {
	letters := []rune(query)
	words := strings.FieldsFunc(string(letters[:min(len(letters), longestSearch)]), func(r rune) bool {
		return unicode.IsSpace(r) || unicode.IsControl(r)
	})
	return words[:min(len(words), mostWords)]
}

package plan

import (
	"strings"
	"time"
	"unicode"
)

// Found is what a search answers: plans and duties that the reader may see, the
// best first, and results of tasks that they may see, the newest first.
type Found struct {
	Plans  []Record
	Duties []FoundDuty
	// More: there were more duties than are shown.
	More    bool
	Results []FoundResult
	// MoreResults: there are more results, or older ones that were not looked at.
	MoreResults bool
}

// FoundDuty is a duty that holds all words asked for.
type FoundDuty struct {
	PlanID      int64
	PlanTitle   string
	Code, Title string
	Text        string
	Owners      []string // who leads or implements, in the order of the plan
}

// FoundResult is the newest version of a task's result that holds all words asked for.
type FoundResult struct {
	TaskID, PlanID int64
	PlanTitle      string
	DutyTitle      string
	PeriodKey      string
	Agency         string    // who owes it
	DocumentNumber string    // of the signed paper
	SubmittedAt    time.Time // UTC
	TimeZone       string    // the plan's
	Excerpt        string    // of the narrative, about the first word asked for
}

// What a search shows at most, of duties and of results.
const (
	MostFound        = 50
	MostResultsFound = 20
)

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

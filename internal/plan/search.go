package plan

import "strings"

// Found is what a search answers: plans and duties that the reader may see, the
// best first.
type Found struct {
	Plans  []Record
	Duties []FoundDuty
	// More: there were more duties than are shown.
	More bool
}

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

// SearchWords are the words of a query, each of them asked for. What lies beyond
// the bounds is left out: it would find nothing more.
func SearchWords(query string) []string {
	letters := []rune(query)
	words := strings.Fields(strings.ToValidUTF8(string(letters[:min(len(letters), longestSearch)]), ""))
	return words[:min(len(words), mostWords)]
}

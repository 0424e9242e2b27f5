package account

// Outcome is what an import does to one person.
type Outcome string

const (
	New       Outcome = "new" // and invited
	Changed   Outcome = "changed"
	Unchanged Outcome = "unchanged"
)

// Line is one person of an import's report.
type Line struct {
	Line    int // the person's first
	Email   string
	Outcome Outcome
	// Changes names what is new about the person: name, phone, language,
	// post:<agency code>:<role>.
	Changes []string
}

// Report tells what an import did, or with DryRun would do.
type Report struct {
	DryRun                  bool
	New, Changed, Unchanged int
	Lines                   []Line
}

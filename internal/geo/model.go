package geo

// Outline is a unit's outline as it is kept.
type Outline struct {
	AgencyID, ParentID int64
	Code, Name         string
	Rings              [][]Point
	Source             string // where it is from and under which licence
}

// Loaded tells what became of a file of outlines.
type Loaded struct {
	Matched int
	// Unmatched are units of the file that no agency of today bears, Ambiguous those
	// whose name several bear; both by name or code.
	Unmatched, Ambiguous []string
	// Without counts agencies of the same levels and place that have no outline.
	Without int
}

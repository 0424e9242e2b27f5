package indicator

// Unit is the kind of a figure.
type Unit string

const (
	Count   Unit = "count"   // whole numbers: cases, visits, persons
	Percent Unit = "percent" // hundredths of a whole
	Money   Unit = "money"   // đồng
	Text    Unit = "text"    // words; never added up
)

// Aggregation says what several figures of one indicator add up to.
type Aggregation string

const (
	// Sum: over units and over time the figures add up (vụ, lượt).
	Sum Aggregation = "sum"
	// Last: a level that is, not what happened: over units the figures add up,
	// over time the newest one stands (số tụ điểm hiện có).
	Last Aggregation = "last"
	// Maximum: the greatest over units and over time.
	Maximum Aggregation = "maximum"
	// Mean: all base figures added up, divided by how many there are.
	Mean Aggregation = "mean"
	// Ratio: the numerator's total in hundredths of the denominator's. It is never
	// reported by itself and never averaged.
	Ratio Aggregation = "ratio"
	// CountUnits: how many base units have the property, that is a figure above
	// zero; over time a unit that had it once counts once.
	CountUnits Aggregation = "count_units"
)

// Direction is where a figure ought to go.
type Direction string

const (
	Up   Direction = "up"
	Down Direction = "down"
)

// Definition is what the plan says of an indicator.
type Definition struct {
	Code, Name string
	Unit       Unit
	UnitName   string // "vụ", "người", "lượt"
	// Aggregation; empty is Sum.
	Aggregation Aggregation
	// Numerator and Denominator are codes of the indicators of a ratio.
	Numerator, Denominator string
	Direction              Direction
	// Cumulative: what is reported covers the year so far, not the period alone.
	Cumulative bool
	// CountOnly: persons; hidden below five outside of the reporting chain.
	CountOnly bool
}

func (d Definition) aggregation() Aggregation {
	if d.Aggregation == "" {
		return Sum
	}
	return d.Aggregation
}

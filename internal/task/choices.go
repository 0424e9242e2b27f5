package task

// Choices are what a board can be narrowed to.
type Choices struct {
	// PlanID is the plan that the board is of: the one asked for or, where none was,
	// the only one that is followed. TimeZone is its.
	PlanID   int64
	TimeZone string
	// Plans are those that the reader sees and that are no drafts, the latest first.
	Plans []PlanChoice
	// Duties are those of the plan that have rounds, in the document's order.
	Duties []Choice
	// Agencies are those with others below them and, where they are few enough to
	// pick from, those that owe the reader anything of the plan.
	Agencies []Choice
	// Levels are those of the agencies that owe anything of the plan, the highest first.
	Levels []string
}

// Choose sets the plan that the board is of; zero asks for the only one followed.
func (c *Choices) Choose(planID int64) {
	followed := 0
	for _, p := range c.Plans {
		if p.ID == planID || planID == 0 && p.Followed {
			c.PlanID, c.TimeZone = p.ID, p.TimeZone
			followed++
		}
	}
	if followed > 1 {
		c.PlanID, c.TimeZone = 0, ""
	}
}

// PlanChoice is one plan to choose.
type PlanChoice struct {
	ID       int64
	Title    string
	TimeZone string
	// Followed: its rounds are under way or suspended.
	Followed bool
}

// Choice is one duty or agency to choose.
type Choice struct {
	ID          int64
	Code, Title string
}

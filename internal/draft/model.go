package draft

import "encoding/json"

// Draft is what was read of a document. Lists are in the order of the document.
type Draft struct {
	Plan       Facts        `json:"plan"`
	LegalBases []LegalBasis `json:"legal_bases"`
	Purposes   []Item       `json:"purposes"`
	Targets    []Target     `json:"targets"`
	// Content are tasks that the document describes without giving them to anybody.
	Content  []Item       `json:"content"`
	Agencies []Assignment `json:"agencies"`
	// Common are obligations of everybody ("các đơn vị …", "định kỳ báo cáo …"), outside of any agency's own list.
	Common     []Common     `json:"common_duties"`
	Reporting  []Reporting  `json:"reporting"`
	AnnexTasks []AnnexTask  `json:"annex_tasks"`
	Bodies     []Body       `json:"bodies"`
	Budget     []Money      `json:"budget"`
	Unresolved []Unresolved `json:"unresolved"`
}

// Facts are the document's own: dates are ISO 8601, empty where the document does not say.
type Facts struct {
	Type      string  `json:"type"`
	Title     string  `json:"title"`
	Number    Written `json:"number"`
	IssuedOn  Written `json:"issued_on"`
	Place     Written `json:"place"`
	Issuer    Written `json:"issuer"`
	Level     Written `json:"level"`
	Territory Written `json:"territory"`
	ValidFrom Written `json:"valid_from"`
	ValidTo   Written `json:"valid_to"`
	Signer    Written `json:"signer_title"`
	// DueDays is what a person set for periodic reports whose day the document leaves out: working days after the period;
	// 0: nothing.
	DueDays int `json:"due_days,omitempty"`
	// Recipients are those of "Nơi nhận", as written.
	Recipients []string `json:"recipients"`
	Line       int      `json:"line"`
}

// Mark is where something comes from and how sure it is.
type Mark struct {
	// Line is the number of the document's line.
	Line int `json:"line"`
	// Confidence is between 0 and 1.
	Confidence float64 `json:"confidence"`
	// Rule names what made it.
	Rule string `json:"rule"`
}

// LegalBasis is a document that the plan rests on or mentions, at its first mention.
type LegalBasis struct {
	// Number is normalised: 361/QĐ-TTg. A law that is only named has its name here.
	Number    string  `json:"number"`
	AsWritten string  `json:"as_written"`
	Type      string  `json:"type"`
	Date      Written `json:"date"`
	Issuer    Written `json:"issuer"`
	Subject   Written `json:"subject"`
	// Basis tells what the plan rests on from what it mentions.
	Basis bool `json:"basis"`
	Mark
}

// Item is a verbatim text with its place.
type Item struct {
	Section string `json:"section"`
	Letter  string `json:"letter"`
	Text    string `json:"text"`
	Mark
}

// TargetKind is how a target is measured.
type TargetKind string

// The kinds of targets.
const (
	Percent     TargetKind = "percent"
	Reduction   TargetKind = "percent_reduction"
	Count       TargetKind = "count"
	PerPeriod   TargetKind = "count_per_period"
	Amount      TargetKind = "money"
	Qualitative TargetKind = "qualitative"
)

// Target is one figure that the document aims at, or an aim in words. A text with two figures makes two.
type Target struct {
	Section string     `json:"section"`
	Letter  string     `json:"letter"`
	Text    string     `json:"text"`
	Kind    TargetKind `json:"kind"`
	// Number is nil where the aim is put in words only.
	Number *float64 `json:"number"`
	Unit   string   `json:"unit"`
	// Maintain is set where the figure is to be kept rather than reached.
	Maintain bool    `json:"maintain"`
	Due      Written `json:"due"`
	Cadence  Written `json:"cadence"`
	Mark
}

// Mode is how an agency is addressed.
type Mode string

// The modes.
const (
	Assigned  Mode = "assigned"
	Requested Mode = "requested" // "Đề nghị …"
)

// Assignment is what one agency, or several named together, are given.
type Assignment struct {
	Names   []string `json:"names"`
	Section string   `json:"section"`
	// Heading is the text that names them, as written.
	Heading string `json:"heading"`
	Mode    Mode   `json:"mode"`
	Duties  []Duty `json:"duties"`
	Mark
}

// Role is what a duty asks of whoever it is given to.
type Role string

// The roles.
const (
	Lead       Role = "lead"       // chủ trì
	Coordinate Role = "coordinate" // phối hợp
	Member     Role = "member"     // tham gia
	Implement  Role = "implement"
)

// Duty is one obligation.
type Duty struct {
	Section string `json:"section"`
	// Letter is empty where the item bears none.
	Letter   string   `json:"letter"`
	Text     string   `json:"text"`
	Role     Role     `json:"role"`
	Partners []string `json:"partners"`
	// Cadences are monthly, quarterly, half_year, nine_month, yearly, weekly, daily, once, ad_hoc, flash, continuous,
	// event, or periodic_unspecified for a "định kỳ" that says no more.
	Cadences []string `json:"cadences"`
	// Due holds dates (ISO 8601) and, of what recurs or lacks a year, the document's own words.
	Due      []string `json:"due"`
	Product  Written  `json:"product"`
	Children []Duty   `json:"children"`
	// Split offers the sentences of a text that holds several obligations.
	Split []string `json:"split,omitempty"`
	// Doubts are what a person should look at: a past date, a conflict.
	Doubts []string `json:"doubts,omitempty"`
	Mark
	dues []due // as they were read of the text
}

// Common is an obligation of everybody, or of a wide class.
type Common struct {
	Who []string `json:"who"`
	Duty
}

// Reporting is a report that the document asks for.
type Reporting struct {
	From     []string `json:"from"`
	To       []string `json:"to"`
	Via      Written  `json:"via"`
	Cadences []string `json:"cadences"`
	Due      []string `json:"due"`
	Quote    string   `json:"quote"`
	Mark
}

// AnnexTask is a row of a table of tasks.
type AnnexTask struct {
	Number       string   `json:"number"`
	Group        string   `json:"group"`
	Text         string   `json:"text"`
	Lead         []string `json:"lead"`
	Coordinating []string `json:"coordinating"`
	Due          Written  `json:"due"`
	DueOn        Written  `json:"due_on"`
	Cadences     []string `json:"cadences"`
	Product      Written  `json:"product"`
	Mark
}

// Body is an interagency team.
type Body struct {
	Name  string `json:"name"`
	Lines []int  `json:"lines"`
	Mark
}

// Money is what the document says of means.
type Money struct {
	Section string `json:"section"`
	Text    string `json:"text"`
	// Amount is in đồng; nil where no sum is named.
	Amount *float64 `json:"amount"`
	// InWords is the sum in words as written; WordsAgree whether it is the same.
	InWords    Written `json:"in_words"`
	WordsAgree *bool   `json:"words_agree"`
	Mark
}

// Unresolved is a line that no rule understood, or that a rule doubts.
type Unresolved struct {
	Line int    `json:"line"`
	Text string `json:"text"`
	Why  Why    `json:"why"`
}

// Why tells what is unclear about a line.
type Why string

// The reasons.
const (
	WhyNobody    Why = "nobody"      // stands where agencies are given duties and names none
	WhyUnread    Why = "unread"      // no rule applies
	WhyNoDuty    Why = "no_duty"     // names an agency and gives it nothing
	WhyCadence   Why = "cadence"     // "định kỳ" without saying how often
	WhyNoYear    Why = "no_year"     // a due date without a year
	WhyPast      Why = "past"        // a due date before the document was issued
	WhyNoDay     Why = "no_such_day" // a date that no calendar has
	WhyWords     Why = "words"       // the sum in words is another than in digits
	WhyNumber    Why = "number"      // the number of a document that is given looks mistyped
	WhyDropped   Why = "dropped"     // a person took it from the duties
	WhyNoAddress Why = "recipient"   // a report without a recipient
)

// Written is a text that is null in JSON where the document does not say it.
type Written string

// UnmarshalJSON reads what MarshalJSON wrote.
func (w *Written) UnmarshalJSON(b []byte) error {
	var s *string
	if err := json.Unmarshal(b, &s); err != nil {
		return err
	}
	*w = ""
	if s != nil {
		*w = Written(*s)
	}
	return nil
}

// MarshalJSON writes null for what is not there.
func (w Written) MarshalJSON() ([]byte, error) {
	if w == "" {
		return []byte("null"), nil
	}
	return json.Marshal(string(w))
}

package plan

import (
	"time"

	"dondoc/internal/calendar"
)

// Plan is a plan file that was read and checked: references are resolved,
// defaults applied, groups expanded. It is what the database is filled from.
type Plan struct {
	// Format is the version of the file format, 1 today.
	Format   int
	Code     string // stable identity across versions, "dong-nai-pcmd-2016-2020"
	Document Document
	// Issuer and Standing are agency codes: who issues and amends (cơ quan ban
	// hành), who follows up and consolidates (cơ quan thường trực).
	Issuer, Standing string
	ValidFrom        calendar.Date
	ValidTo          calendar.Date
	TimeZone         string // IANA name, default Asia/Ho_Chi_Minh
	LegalBases       []LegalBasis
	Purposes         []Item // place, text, line: what the document wants, without an owner
	Content          []Item // tasks that name no agency; RealisedBy links duties
	Agencies         []Agency
	Groups           []Group
	Bodies           []Body
	Indicators       []Indicator
	Targets          []Target
	ScoreSheets      []ScoreSheet
	Duties           []Duty // nested duties follow their parent, Parent set
	Reporting        []Reporting
	Budget           []BudgetLine
	Forms            []Form
	Policies         []Policy
	Templates        []Template
	// Implements is zero where the plan stands for itself.
	Implements Implements
	// Files are the texts of the files that the plan file names, by their path, so
	// that the plan can be read again.
	Files map[string]string
	// Named is where the file names each agency: in its duties, else elsewhere, else
	// where the agency is declared. It is known of a file that was just read.
	Named map[string]Place `json:"-"`
}

// Place is where something is written; Line and Column count from 1, in characters.
type Place struct {
	// File is that of a list beside the plan file; empty: the plan file itself.
	File         string
	Line, Column int
	Field        string // "duties[3].agencies"
}

// Document holds the facts of the issued document.
type Document struct {
	Type      string // kế hoạch, quyết định, chỉ thị, thông báo kết luận …
	Title     string
	Number    string // empty where the document bears none
	IssuedOn  calendar.Date
	Level     string // province, district, commune, ministry, government
	Territory string
	Topic     string
	Source    string // where the text was published
	TextFile  string // the text that Line numbers count in, relative to the plan file
}

// LegalBasis is a document that the plan rests on (basis) or mentions (reference).
type LegalBasis struct {
	Number  string // normalised; empty where only a name is given
	Name    string
	Date    calendar.Date
	Issuer  string
	Subject string
	Kind    string // basis, reference
	Lines   []int
}

// Item is a paragraph without an owner.
type Item struct {
	Code       string
	Reference  string // place in the document, "III.3.a dash 2"
	Text       string
	Line       int
	RealisedBy []string // duty codes
}

// Agency is a node of the agency tree.
type Agency struct {
	Code       string
	Name       string
	ShortName  string
	Aliases    []string
	Level      string // province, department, district, commune, union, ministry …: data, not an enum
	Parent     string // agency code; empty at the root
	OfficialID string // mã định danh điện tử
	Mailbox    string // hộp thư công vụ
	Phone      string
	ValidFrom  calendar.Date
	ValidTo    calendar.Date
}

// Group is a named set of agencies; Members is the expansion.
type Group struct {
	Code    string
	Name    string
	Members []string // agency codes, in the tree's order
}

// Body is an interagency team.
type Body struct {
	Code    string
	Name    string
	Aliases []string
	Levels  []string
	Lead    []string // agency codes, or "@" and a group code
	Members []string
	Basis   string
	Lines   []int // of the source document that speak of it
	// EstablishedBy is the code of the duty whose result is the decision that
	// sets the body up; where many agencies owe it, each sets up one of its own.
	EstablishedBy string
}

// Mode tells an order from a request.
type Mode string

const (
	Assigned  Mode = "assigned"
	Requested Mode = "requested" // "đề nghị": politer words, no escalation above the requester
)

// Role is what an agency is to a duty.
type Role string

const (
	Lead         Role = "lead"         // chủ trì: owes the result
	Implementing Role = "implementing" // thực hiện: owes the result
	Coordinating Role = "coordinating" // phối hợp: owes a contribution when asked
	Member       Role = "member"       // thành viên of a body
)

// Owes reports whether the role owes the duty's result.
func (r Role) Owes() bool { return r == Lead || r == Implementing }

// Assignment binds an agency to a duty.
type Assignment struct {
	Agency string
	Role   Role
	// Addressed is set for the agencies that the document gives the duty to;
	// the others take part because the duty names them.
	Addressed bool
}

// Duty is one assigned thing.
type Duty struct {
	Code string // unique in the plan, stable across versions: "IV.15.h"
	// RenamedFrom is the code that the duty had in an earlier version.
	RenamedFrom string
	Reference   string // place in the document as a reader would say it
	Parent      string // code of the duty that this one is nested in
	Title       string // short name for lists
	Text        string // verbatim
	Line        int    // of the source document
	Basis       string
	// ReportingBasis is what makes the report a recurring one (căn cứ chế độ báo cáo).
	ReportingBasis string
	Product        string
	Mode           Mode
	// Roles as the document words them: primary role first (lead, implementing,
	// coordinating, member).
	Roles       []Role
	Partners    []string // partners as written that are no agencies of the tree ("các đơn vị liên quan")
	Directs     []string // subordinates as written
	Assignments []Assignment
	Bodies      []string // body codes
	Schedule    calendar.Schedule
	// ScheduleWords are the document's own words ("định kỳ", "tháng", "quý").
	ScheduleWords []string
	// Configured names the parts that the plan authority set because the
	// document does not say them: a subset of ConfigurableParts.
	Configured []string
	// CoveredBy is the code of the duty whose report discharges this one.
	CoveredBy string
	// Due maps an agency level to its rule; "" is the rule of all other levels.
	Due map[string]calendar.DueRule
	// Chain is the order of the levels that the result passes, and may plan their
	// due times back from the last one's.
	Chain calendar.Chain
	// DueDates are the dates that the plan authority set for single periods: period
	// key to level to day; "" is every other level.
	DueDates map[string]map[string]calendar.Date
	// OpensBefore is the number of working days before due at which a round
	// opens (default 15), never before its window begins.
	OpensBefore int
	Review      Review
	// Recipient says who receives the result.
	Recipient Recipient
	// Through is the agency code the result passes ("qua Chi cục …").
	Through string
	// Forwarding says whether that agency passes each result on, or is only shown.
	Forwarding Forwarding
	// Onward names who gets the consolidated result, as written.
	Onward []string
	Result Result
	// ResultRequired: a report that lacks what counts as the result is refused.
	ResultRequired bool
	Indicators     []string // indicator codes
	Form           string   // form code
	NilReturn      bool     // "không phát sinh" is permitted
	ScoreSheet     string   // code of the score sheet that the unit fills in
	Policy         string   // policy code
	// Consolidates are the codes of the duties of the lower level whose results are
	// summed up. Where one unit gives a figure in several of them, the one that
	// stands first counts.
	Consolidates []string
	// ConsolidateWhen says when a result of the lower level counts; empty: accepted.
	ConsolidateWhen ConsolidateWhen
	// ConsolidationNotices: who sums up is told when every result is in, and at the
	// last due time of the lower level who is missing.
	ConsolidationNotices bool
	OwnPlan              bool // the result is the unit's own plan
	// StandingSections: what the same agency owes in the plan without rounds of its
	// own are sections of this report.
	StandingSections bool
	Secret           bool // followed by status only
	Privacy          string
	Note             string
}

// DuePlan gathers all that decides when the duty is due.
func (d *Duty) DuePlan() calendar.DuePlan {
	return calendar.DuePlan{Rules: d.Due, Chain: d.Chain, Dates: d.DueDates}
}

// Recipient is an agency of the tree, or the parent of whoever owes the result.
type Recipient struct {
	Agency string
	Parent bool
	// Reviewer is the agency whose supervisors review; empty: the recipient itself.
	Reviewer string
}

// ReviewMode says whether a submitted result needs a decision.
type ReviewMode string

const (
	ReviewRequired  ReviewMode = "required"
	ReviewNone      ReviewMode = "none"
	ReviewAutomatic ReviewMode = "automatic" // accepted by itself after AfterWorkingDays
)

// Review is a duty's review rule.
type Review struct {
	Mode             ReviewMode
	AfterWorkingDays int
}

// ConsolidateWhen says when a result counts in the sum of the level above.
type ConsolidateWhen string

const (
	WhenAccepted  ConsolidateWhen = "accepted"  // or sent, where nobody reviews
	WhenSubmitted ConsolidateWhen = "submitted" // as soon as it has come to its recipient
)

// ForwardingMode says what it means that a result passes an agency.
type ForwardingMode string

const (
	ForwardingShown    ForwardingMode = "shown"    // people see it; the system does nothing
	ForwardingRequired ForwardingMode = "required" // the result is reviewed once that agency has passed it on
)

// Forwarding is a duty's rule for the agency that its results pass.
type Forwarding struct {
	Required bool
	// WithinWorkingDays is the intermediate agency's time; 0 where nothing is passed on.
	WithinWorkingDays int
}

// Result says what counts as a duty's result.
type Result string

const (
	ResultFigures  Result = "figures"
	ResultDocument Result = "signed_document"
	ResultBoth     Result = "both"
	ResultReport   Result = "report" // a narrative suffices
)

// Policy is a named ladder of steps.
type Policy struct {
	Code  string
	Name  string
	Steps []calendar.StepRule
}

// Indicator is a figure with a code shared across plans.
type Indicator struct {
	Code        string
	Name        string
	Unit        string // count, percent, money, text
	UnitName    string // "vụ", "người", "lượt cơ sở"
	Aggregation string // sum, last, maximum, mean, ratio, count_units
	Numerator   string
	Denominator string
	Direction   string // up, down
	// Disaggregate says by what consolidations show it: unit, level.
	Disaggregate []string
	Cumulative   bool
	CountOnly    bool // persons: a count only, never who
	Baseline     string
	Source       string
	// Required: every report gives it. Integer, Min and Max bound its value; Min
	// and Max are decimal text, empty where there is no bound.
	Required, Integer bool
	Min, Max          string
	// Parts are the codes of the indicators that this one is broken down into
	// ("trong đó"), and Total, in those, is its code: total.item.
	Parts []string
	Total string
	// Steady: no change against the period before is asked about.
	Steady bool
}

// Reporting is a reporting obligation as the document words it.
type Reporting struct {
	Code         string
	Line         int
	Kind         string
	From         []string
	To           []string
	Through      string
	Onward       []string
	Consolidates string
	Cadences     []calendar.Cadence
	CadenceWords []string
	FulfilledBy  string // duty code
	Configured   []string
	Unspecified  bool // bare "định kỳ" in the document
}

// BudgetLine is money that the plan speaks of.
type BudgetLine struct {
	Code      string
	Reference string
	Line      int
	Text      string
	Holder    []string
	Amount    string // đồng, decimal; empty where none is given
	InWords   string
	Period    string
	Cadence   calendar.Cadence
	Annex     string
	SubmitTo  string // as written
	Approver  string // as written
	Duty      string // duty code that the money belongs to
}

// Form is a report form: what is typed, in which order.
type Form struct {
	Code     string
	Name     string
	Sections []FormSection
	// Rules hold figures against each other, as indicator.ParseRule reads them.
	Rules []string
}

// FormSection is a heading with figures, text, or both.
type FormSection struct {
	Heading    string
	Indicators []string
	Narrative  bool
	Required   bool
	// MaxLength is in characters; 0: the limit of every narrative.
	MaxLength int
	Hint      string
	// Level is that of a heading of an outline (mẫu đề cương), 1 to 3, else 0. One
	// with neither figures nor text stands above those that follow it.
	Level int
}

// Zone returns the plan's time zone.
func (p *Plan) Zone() (*time.Location, error) { return time.LoadLocation(p.TimeZone) }

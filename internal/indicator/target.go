package indicator

import (
	"fmt"
	"slices"

	"github.com/shopspring/decimal"

	"dondoc/internal/calendar"
	"dondoc/internal/fault"
)

// TargetKind says how a target is measured.
type TargetKind string

const (
	// Reach: a count or an amount of money that has come together by the end.
	Reach TargetKind = "count"
	// ReachShare: a share in percent at the end.
	ReachShare TargetKind = "percent"
	// Reduce: so many percent less than the baseline, at the end.
	Reduce TargetKind = "percent_reduction"
	// Maintain: a state that holds at every checkpoint.
	Maintain TargetKind = "maintain"
	// AtLeast: so many in each period.
	AtLeast TargetKind = "at_least"
	// InWords: an aim without a number; told, never counted.
	InWords TargetKind = "qualitative"
)

// Target is one measure of a plan's target, over its span.
type Target struct {
	Kind TargetKind
	Aim  decimal.Decimal
	// Baseline that a reduction starts from; nil until a person enters it.
	Baseline *decimal.Decimal
	// Direction: Down makes Aim a limit that is not to be exceeded. Empty is Up.
	Direction Direction
	From, To  calendar.Date // both inclusive
}

// Reading is what was known on a day: the total so far of what comes together,
// or the state.
type Reading struct {
	On    calendar.Date
	Value decimal.Decimal
}

// Light is a target's outlook.
type Light string

const (
	Green   Light = "green"   // as it goes, it will be met
	Amber   Light = "amber"   // nearly: at least nine tenths
	Red     Light = "red"     // as it goes, it will be missed
	Unclear Light = "unclear" // nothing to judge by
)

// Outlook is where a target stands and where it goes.
type Outlook struct {
	// Actual, nil: no reading yet.
	Actual *decimal.Decimal
	// Done is the share of the aim that is reached, in percent, nil where it cannot be said.
	Done *decimal.Decimal
	// Forecast is the figure at the end if it goes on as it went; nil: unknown.
	Forecast *decimal.Decimal
	Light    Light
	// RuleVI and RuleEN say why the light is what it is.
	RuleVI, RuleEN string
}

var (
	hundred = decimal.NewFromInt(100)
	nearly  = decimal.RequireFromString("0.9")
)

// Judge tells on a day where a target stands. Readings may come in any order;
// those after the day are not looked at.
func (t Target) Judge(readings []Reading, on calendar.Date) Outlook {
	readings = slices.DeleteFunc(slices.Clone(readings), func(r Reading) bool { return r.On.After(on) })
	slices.SortFunc(readings, func(a, b Reading) int { return a.On.Compare(b.On) })
	switch {
	case t.Kind == InWords:
		return unclear("Mục tiêu bằng lời, theo dõi qua báo cáo.", "An aim in words, followed through reports.")
	case t.Kind == Reduce && (t.Baseline == nil || t.Baseline.IsZero()):
		return unclear("Chưa có số gốc để tính mức giảm; cơ quan ban hành cần nhập số gốc.", "There is no baseline to reduce from; the plan authority has to enter it.")
	case len(readings) == 0:
		return unclear("Chưa có số liệu.", "No figures yet.")
	}
	if t.Kind == Reduce {
		readings = t.reductions(readings)
	}
	switch t.Kind {
	case Maintain:
		return t.maintained(readings)
	case AtLeast:
		return t.everyPeriod(readings)
	}
	return t.forecast(readings, on)
}

func unclear(vi, en string) Outlook { return Outlook{Light: Unclear, RuleVI: vi, RuleEN: en} }

// reductions turns levels into how many percent they lie below the baseline.
func (t Target) reductions(readings []Reading) []Reading {
	for i, r := range readings {
		readings[i].Value = t.Baseline.Sub(r.Value).Mul(hundred).DivRound(*t.Baseline, meanPlaces)
	}
	return readings
}

// maintained judges a state at each of its checkpoints.
func (t Target) maintained(readings []Reading) Outlook {
	latest := readings[len(readings)-1]
	o := t.outlook(latest.Value)
	var broken *Reading
	for i := range readings {
		if !t.met(readings[i].Value) {
			broken = &readings[i]
		}
	}
	switch {
	case broken == nil:
		o.Light, o.RuleVI, o.RuleEN = Green, "Giữ được ở mọi lần kiểm tra.", "Held at every checkpoint."
	case broken.On == latest.On:
		o.Light = Red
		o.RuleVI, o.RuleEN = fmt.Sprintf("Không giữ được vào ngày %s.", latest.On.VN()), fmt.Sprintf("Not held on %s.", latest.On)
	default:
		o.Light = Amber
		o.RuleVI, o.RuleEN = fmt.Sprintf("Nay đạt, nhưng không giữ được vào ngày %s.", broken.On.VN()), fmt.Sprintf("Held now, but not on %s.", broken.On)
	}
	return o
}

// everyPeriod judges what each period that has ended brought; a reading is one
// period's total on its last day.
func (t Target) everyPeriod(readings []Reading) Outlook {
	latest := readings[len(readings)-1]
	o := t.outlook(latest.Value)
	missed := 0
	for _, r := range readings {
		if !t.met(r.Value) {
			missed++
		}
	}
	o.Light, o.RuleVI, o.RuleEN = Green, "Kỳ nào cũng đạt.", "Met in every period."
	if missed > 0 {
		o.Light = Red
		o.RuleVI, o.RuleEN = fmt.Sprintf("%d trên %d kỳ không đạt.", missed, len(readings)), fmt.Sprintf("Missed in %d of %d periods.", missed, len(readings))
	}
	return o
}

// forecast draws what comes together on at its average pace since the plan's
// first day, and a share along the line through its first and its newest figure.
func (t Target) forecast(readings []Reading, on calendar.Date) Outlook {
	latest := readings[len(readings)-1]
	o := t.outlook(latest.Value)
	end := latest.Value
	switch {
	case !on.Before(t.To): // nothing is to come
	case t.Kind == Reach:
		elapsed := latest.On.Sub(t.From) + 1
		if elapsed > 0 {
			end = latest.Value.Mul(days(t.To.Sub(t.From)+1)).DivRound(days(elapsed), meanPlaces)
		}
	case len(readings) > 1 && latest.On.After(readings[0].On):
		first := readings[0]
		slope := latest.Value.Sub(first.Value).Mul(days(t.To.Sub(latest.On)))
		end = latest.Value.Add(slope.DivRound(days(latest.On.Sub(first.On)), meanPlaces))
		end = decimal.Min(decimal.Max(end, decimal.Zero), hundred)
	}
	o.Forecast = &end
	o.Light = t.light(end)
	if !on.Before(t.To) {
		o.RuleVI, o.RuleEN = "Đã hết thời hạn: so số liệu cuối cùng với chỉ tiêu.", "The time is over: the last figure against the target."
		if o.Light == Amber {
			o.Light = Red
		}
		return o
	}
	o.RuleVI = fmt.Sprintf("Giữ nhịp như đến ngày %s thì cuối kỳ đạt %s trên %s: xanh từ 100%%, vàng từ 90%%.", latest.On.VN(), Format(end.String(), "vi"), Format(t.Aim.String(), "vi"))
	o.RuleEN = fmt.Sprintf("At the pace until %s the end brings %s of %s: green from 100%%, amber from 90%%.", latest.On, Format(end.String(), "en"), Format(t.Aim.String(), "en"))
	return o
}

func days(n int) decimal.Decimal { return decimal.NewFromInt(int64(n)) }

func (t Target) outlook(actual decimal.Decimal) Outlook {
	o := Outlook{Actual: &actual}
	if !t.Aim.IsZero() {
		done := actual.Mul(hundred).DivRound(t.Aim, meanPlaces)
		o.Done = &done
	}
	return o
}

// met: the aim is reached, or as a limit not exceeded.
func (t Target) met(value decimal.Decimal) bool {
	if t.Direction == Down && t.Kind != Reduce {
		return value.LessThanOrEqual(t.Aim)
	}
	return value.GreaterThanOrEqual(t.Aim)
}

func (t Target) light(end decimal.Decimal) Light {
	near := end.GreaterThanOrEqual(t.Aim.Mul(nearly))
	if t.Direction == Down && t.Kind != Reduce {
		near = end.Mul(nearly).LessThanOrEqual(t.Aim)
	}
	switch {
	case t.met(end):
		return Green
	case near:
		return Amber
	default:
		return Red
	}
}

// Split is a target's part of one unit.
type Split struct {
	Unit string
	Aim  decimal.Decimal
}

// CheckSplit tells how far the parts are from adding up to an aim that comes
// together; zero: they do. Shares in percent are not split but hold for each.
func CheckSplit(aim decimal.Decimal, parts []Split) decimal.Decimal {
	for _, p := range parts {
		aim = aim.Sub(p.Aim)
	}
	return aim.Neg()
}

// SplitFault says how far the parts are from adding up to the aim; nil: they do.
func SplitFault(aim decimal.Decimal, parts []Split) *fault.Fault {
	off := CheckSplit(aim, parts)
	sum := aim.Add(off)
	words := [2]string{"thừa", "too many"}
	if off.IsNegative() {
		words = [2]string{"thiếu", "too few"}
	}
	if off.IsZero() {
		return nil
	}
	shown := func(n decimal.Decimal, language string) string { return Format(n.String(), language) }
	return &fault.Fault{
		Kind: fault.Invalid, Code: "target.split",
		VI: fmt.Sprintf("các phần cộng lại là %s, chỉ tiêu là %s: %s %s", shown(sum, "vi"), shown(aim, "vi"), words[0], shown(off.Abs(), "vi")),
		EN: fmt.Sprintf("the parts add up to %s, the target is %s: %s %s", shown(sum, "en"), shown(aim, "en"), shown(off.Abs(), "en"), words[1]),
	}
}

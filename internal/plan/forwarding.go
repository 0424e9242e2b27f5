package plan

import "cmp"

// PassedOnBy is the code of the agency that passes the duty's results on; empty:
// they go to their recipient directly.
func (d *Duty) PassedOnBy() string {
	if !d.Forwarding.Required {
		return ""
	}
	return d.Through
}

// forwarding reads whether the agency that a result passes must pass it on. A
// default of the plan holds for the duties that name such an agency.
func (r *reader) forwarding(v view, d *Duty) {
	mode := ForwardingMode(v.textOr("forwarding", string(r.defaults.forwarding)))
	required := mode == ForwardingRequired
	switch {
	case required && v.has("forwarding") && !v.has("through"):
		r.fail(v.node("forwarding"), v.at("forwarding"), "forwarding.through", "forwarding: required cần through: mã cơ quan mà kết quả đi qua", "forwarding: required needs through: the code of the agency that the result passes")
		return
	case v.has("forward_within") && !(required && v.has("through")):
		r.fail(v.node("forward_within"), v.at("forward_within"), "forwarding.within", "forward_within chỉ dùng cùng through và forwarding: required", "forward_within goes with through and forwarding: required only")
		return
	case !required || d.Through == "":
		return
	}
	if reviewer := cmp.Or(d.Recipient.Reviewer, d.Recipient.Agency); reviewer == d.Through {
		r.fail(v.node("through"), v.at("through"), "forwarding.reviewer", "cơ quan %q vừa chuyển vừa xem xét kết quả; chọn cơ quan khác cho through, hoặc forwarding: shown", "the agency %q would pass results on to itself; name another one under through, or write forwarding: shown", d.Through)
		return
	}
	d.Forwarding = Forwarding{Required: true, WithinWorkingDays: v.number("forward_within", r.defaults.forwardWithin)}
}

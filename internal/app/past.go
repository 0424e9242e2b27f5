package app

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"time"

	"dondoc/internal/calendar"
	"dondoc/internal/fault"
	"dondoc/internal/policy"
	"dondoc/internal/postgres"
	"dondoc/internal/task"
)

// pastClock is a business clock that stands where it was set.
type pastClock struct{ at time.Time }

// Now returns the instant that was set.
func (c *pastClock) Now(context.Context) (time.Time, error) { return c.at, nil }

// Wait returns no time: nobody sleeps by this clock.
func (c *pastClock) Wait(context.Context, time.Time) (time.Duration, error) { return 0, nil }

// past plays a plan's life by the acts of which the present is made, in the
// order of their instants, without workflows: what these would wait for, the
// clock is set to.
type past struct {
	store *postgres.Store
	clock *pastClock
	zone  *time.Location
	plan  int64
	// authority sees all of the plan's tasks.
	authority policy.Actor
	// sends and decides, if set, are done in place of send and decide.
	sends, decides func(context.Context) error

	// people and rules are looked up once: acts on agencies are followed by a look.
	people map[int64]policy.Actor // focal points, by agency
	rules  map[int64]task.Rules   // by duty

	openings map[int64]task.NextRound // by duty
	turns    map[int64]time.Time      // what comes next in each live round
}

// look asks the plan anew what is to come: after it was activated, and after an
// act on agencies.
func (p *past) look(ctx context.Context) error {
	duties, _, err := p.store.ScheduledDuties(ctx, p.plan)
	if err != nil {
		return err
	}
	p.openings, p.people, p.rules = map[int64]task.NextRound{}, map[int64]policy.Actor{}, map[int64]task.Rules{}
	for _, duty := range duties {
		if err := p.schedule(ctx, duty); err != nil {
			return err
		}
	}
	if p.turns == nil {
		p.turns = map[int64]time.Time{}
	}
	for cursor := ""; ; {
		rounds, next, err := p.store.ListRounds(ctx, p.authority, p.plan, 0, 200, cursor)
		if err != nil {
			return err
		}
		for _, r := range rounds {
			if r.State == "open" {
				p.turns[r.ID] = p.clock.at
			}
		}
		if cursor = next; cursor == "" {
			return nil
		}
	}
}

func (p *past) schedule(ctx context.Context, duty int64) error {
	next, err := p.store.ScheduleNextRound(ctx, duty)
	if err != nil {
		return err
	}
	delete(p.openings, duty)
	if next.RoundID != 0 {
		p.openings[duty] = next
	}
	return nil
}

// until plays everything up to the instant. Twice a week the agencies send what
// is due soon, and twice a week it is decided on.
func (p *past) until(ctx context.Context, end time.Time) error {
	for {
		duty, round, at := p.next()
		act, do := p.nextAct()
		if at.IsZero() || act.Before(at) {
			duty, round, at = 0, 0, act
		}
		if at.After(end) {
			p.clock.at = end
			return nil
		}
		if at.After(p.clock.at) {
			p.clock.at = at
		}
		var err error
		switch {
		case duty != 0:
			err = p.open(ctx, duty)
		case round != 0:
			err = p.turn(ctx, round)
		default:
			err = do(ctx)
			for id := range p.turns {
				p.turns[id] = p.clock.at // everybody looks again
			}
			p.clock.at = p.clock.at.Add(time.Second)
		}
		if err != nil {
			return fmt.Errorf("at %s: %w", p.clock.at, err)
		}
	}
}

// next is the earliest opening or turn; zero: none is to come.
func (p *past) next() (duty, round int64, at time.Time) {
	// In the order of ids where instants are the same, so that every play is alike.
	for _, d := range slices.Sorted(maps.Keys(p.openings)) {
		if n := p.openings[d]; at.IsZero() || n.OpensAt.Before(at) {
			duty, round, at = d, 0, n.OpensAt
		}
	}
	for _, r := range slices.Sorted(maps.Keys(p.turns)) {
		if t := p.turns[r]; at.IsZero() || t.Before(at) {
			duty, round, at = 0, r, t
		}
	}
	return duty, round, at
}

func (p *past) open(ctx context.Context, duty int64) error {
	round := p.openings[duty].RoundID
	if err := p.store.OpenRound(ctx, round, func(int) {}); err != nil {
		return err
	}
	p.turns[round] = p.clock.at
	return p.schedule(ctx, duty)
}

func (p *past) turn(ctx context.Context, round int64) error {
	turn, err := p.store.RunRound(ctx, round)
	if err != nil {
		return err
	}
	if turn.Ended || turn.NextAt.IsZero() {
		delete(p.turns, round)
		return nil
	}
	p.turns[round] = turn.NextAt
	return nil
}

// nextAct is when people act again: on Mondays and Thursdays they send, on
// Tuesdays and Fridays it is decided, at ten.
func (p *past) nextAct() (time.Time, func(context.Context) error) {
	sends, decides := p.sends, p.decides
	if sends == nil {
		sends, decides = p.send, p.decide
	}
	day := calendar.DateOf(p.clock.at, p.zone)
	for {
		at := day.In(p.zone).Add(10 * time.Hour)
		if at.After(p.clock.at) {
			switch day.Weekday() {
			case time.Monday, time.Thursday:
				return at.UTC(), sends
			case time.Tuesday, time.Friday:
				return at.UTC(), decides
			}
		}
		day = day.AddDays(1)
	}
}

// tasks lists what the filter leaves of the plan.
func (p *past) tasks(ctx context.Context, f task.Filter) ([]task.Task, error) {
	f.PlanID, f.Limit = p.plan, 200
	var all []task.Task
	for {
		page, err := p.store.ListTasks(ctx, p.authority, f)
		if err != nil {
			return nil, err
		}
		all = append(all, page.Tasks...)
		if f.Cursor = page.Next; f.Cursor == "" {
			return all, nil
		}
	}
}

// send lets most agencies send what is due within five days; some forget it.
func (p *past) send(ctx context.Context) error {
	owed, err := p.tasks(ctx, task.Filter{
		State: []task.State{task.StateOpen, task.StateReturned}, DueFrom: p.clock.at.AddDate(0, 0, -20), DueTo: p.clock.at.AddDate(0, 0, 5), OpenRounds: true,
	})
	if err != nil {
		return err
	}
	for _, t := range owed {
		late := p.clock.at.After(t.EffectiveDueAt)
		if t.ClosedAt != nil || t.ID%10 == 3 || t.ID%10 == 7 && !late {
			continue
		}
		who, rules, err := p.sender(ctx, t)
		if fault.Is(err, fault.NotFound) {
			continue // nobody there
		}
		if err != nil {
			return err
		}
		in := task.SubmitInput{
			TaskID: t.ID, Kind: task.Report, Narrative: "Số liệu mẫu.", DocumentNumber: fmt.Sprintf("%d/BC-MAU", t.ID),
			DocumentOn: calendar.DateOf(p.clock.at, p.zone), SignatoryTitle: "Chủ tịch",
		}
		in.Figures = sampleFigures(rules, t.ID)
		if _, err := p.store.Submit(ctx, who, in); err != nil {
			return err
		}
	}
	return nil
}

// sampleFigures are small figures that keep to a form's rules: what is compared is
// equal, and of a breakdown the first item is the whole.
func sampleFigures(rules task.Rules, seed int64) []task.Figure {
	values := map[string]int64{}
	for i, field := range rules.Fields {
		values[field.Indicator] = (seed + int64(3*i)) % 7
	}
	for _, rule := range rules.Rules {
		for _, code := range rule.Codes() {
			values[code] = seed % 7
		}
	}
	whole := map[string]bool{}
	figures := make([]task.Figure, len(rules.Fields))
	for i, field := range rules.Fields {
		value := values[field.Indicator]
		if field.Total != "" {
			if value = values[field.Total]; whole[field.Total] {
				value = 0
			}
			whole[field.Total] = true
		}
		figures[i] = task.Figure{Indicator: field.Indicator, Value: strconv.FormatInt(value, 10)}
	}
	return figures
}

// sender is who sends a task's result, and what it asks for.
func (p *past) sender(ctx context.Context, t task.Task) (policy.Actor, task.Rules, error) {
	who, known := p.people[t.AgencyID]
	if !known {
		var err error
		if who, err = p.store.ActorAt(ctx, t.AgencyID, policy.FocalPoint); err != nil {
			return who, task.Rules{}, err
		}
		p.people[t.AgencyID] = who
	}
	rules, known := p.rules[t.DutyID]
	if !known {
		detail, err := p.store.TaskDetail(ctx, who, t.ID)
		if err != nil {
			return who, task.Rules{}, err
		}
		rules = detail.Rules
		p.rules[t.DutyID] = rules
	}
	return who, rules, nil
}

// decide lets reviewers accept what waits; a few are returned first.
func (p *past) decide(ctx context.Context) error {
	waiting, err := p.tasks(ctx, task.Filter{State: []task.State{task.StateSubmitted}})
	if err != nil {
		return err
	}
	slices.SortFunc(waiting, func(a, b task.Task) int { return int(a.ReviewerID - b.ReviewerID) })
	var who policy.Actor
	var reviewer int64
	for _, t := range waiting {
		if t.ReviewerID != reviewer {
			reviewer = t.ReviewerID
			if who, err = p.store.ActorAt(ctx, reviewer, policy.Supervisor); err != nil {
				who = policy.Actor{}
			}
		}
		if who.UserID == 0 || who.HasAt(t.AgencyID, policy.FocalPoint, policy.Head) {
			continue
		}
		in := task.ReviewInput{TaskID: t.ID, Decision: task.Accept}
		if t.ID%17 == 5 && t.Submissions == 1 {
			in.Decision, in.Reason = task.Return, "Cần bổ sung số liệu."
		}
		_, err := p.store.Review(ctx, who, in)
		if in.Decision == task.Return && fault.Is(err, fault.Conflict) {
			// The unit has ended and its successor owes the round already.
			_, err = p.store.Review(ctx, who, task.ReviewInput{TaskID: t.ID, Decision: task.Accept})
		}
		if err != nil {
			return err
		}
	}
	return nil
}

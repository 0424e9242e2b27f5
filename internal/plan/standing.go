package plan

// checkStanding refuses standing sections of a report that never comes.
func (r *reader) checkStanding() {
	for _, def := range r.dutyDefs {
		for i := range r.plan.Duties {
			if d := &r.plan.Duties[i]; d.Code == def.code && d.StandingSections && !makesPeriods(d.Schedule.Cadences) {
				r.fail(def.v.node("standing_sections"), def.v.at("standing_sections"), "duty.standing_sections",
					"nhiệm vụ %s không có kỳ báo cáo nào nên không có báo cáo để ghi các mục này; thêm cadences hoặc bỏ standing_sections",
					"the duty %s has no rounds, so there is no report for these sections; add cadences or take standing_sections out", d.Code)
			}
		}
	}
}

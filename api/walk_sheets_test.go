package api_test

import (
	"time"

	"dondoc/internal/policy"
)

func init() {
	states["a sheet filled in"] = state{"open", func(w *walker) {
		now, err := w.clock.Now(w.t.Context())
		if err != nil {
			w.t.Fatal(err)
		}
		w.things["now"] = now.UTC().Format(time.RFC3339)
		got := w.do(request{method: "GET", path: "/api/v1" + w.fill("/tasks/{task}/form.xlsx"), as: w.tokens[email(policy.FocalPoint, "xa")]})
		w.things["sheet"] = filledIn([]byte(got.text), map[string]any{"A8": "Đã làm xong."})
		got = w.do(request{method: "GET", path: "/api/v1" + w.fill("/rounds/{round}/forms.xlsx"), as: w.tokens[email(policy.Supervisor, "so")]})
		w.things["roundsheet"] = filledIn([]byte(got.text), map[string]any{"E6": "Đã nhận.", "G6": "15/BC"})
	}}
	for _, list := range []string{"overdue.csv", "overdue.xlsx", "plans.csv", "plans.xlsx", "agencies.csv", "agencies.xlsx", "requests.csv", "requests.xlsx", "audit.csv", "audit.xlsx", "rates.xlsx", "tasks.xlsx", "targets.csv", "targets.xlsx", "focal-points.csv", "focal-points.xlsx", "coverage.xlsx"} {
		walks = append(walks, walk{call: "GET /api/v1/exports/" + list, from: "open", shows: map[string]string{"plans.csv": "Kế hoạch đi qua mọi quyền", "audit.csv": "plan.activated"}[list]})
	}
	add := func(call string, parts ...part) {
		body, kind := formBody("ranhgioi", parts...)
		walks = append(walks, walk{call: call, from: "a sheet filled in", body: body, headers: map[string]string{"Content-Type": kind}})
	}
	walks = append(walks, walk{call: "GET /api/v1/tasks/{id}/form.xlsx", from: "submitted"}, walk{call: "GET /api/v1/rounds/{id}/forms.xlsx", from: "open"})
	add("POST /api/v1/tasks/{id}/form.xlsx", part{"file", "bieu.xlsx", "{sheet}"})
	add("POST /api/v1/tasks/{id}/form.xlsx #sent in", part{"file", "bieu.xlsx", "{sheet}"}, part{"into", "", "submit"})
	add("POST /api/v1/rounds/{id}/forms.xlsx", part{"file", "tong-hop.xlsx", "{roundsheet}"}, part{"received_at", "", "{now}"}, part{"channel", "", "paper"}, part{"evidence", "", "Văn thư"})
}

package api_test

import "dondoc/internal/policy"

// renaming is recorded for a day to come, by the commune's own administrator.
const renaming = `"name": "doi-ten.yaml", "source": "format: 1\ncode: doi-ten\nbasis: Nghị quyết 01/NQ-HĐND\neffective_on: 2026-12-01\nchanges:\n  - {rename: xa, name: UBND phường}\n"`

func init() {
	states["a renaming looked at"] = state{"open", func(w *walker) {
		seen := w.by(policy.Administrator, "xa", 200, "POST", "/reorganisations/preview", `{`+renaming+`}`)
		w.things["renamed"] = seen["digest"].(string)
	}}
	states["a renaming recorded"] = state{"a renaming looked at", func(w *walker) {
		w.by(policy.Administrator, "xa", 201, "POST", "/reorganisations", `{`+renaming+`, "digest": "{renamed}"}`)
		w.things["reorganisation"] = itoa(w.count(`SELECT max(id) FROM reorganisations`))
	}}
	walks = append(walks, []walk{
		{call: "GET /api/v1/reorganisations", from: "a renaming recorded", shows: "doi-ten"},
		{call: "POST /api/v1/reorganisations/preview", from: "open", body: `{` + renaming + `}`},
		{call: "POST /api/v1/reorganisations", from: "a renaming looked at", body: `{` + renaming + `, "digest": "{renamed}"}`},
		{call: "POST /api/v1/reorganisations/{id}/withdrawals", from: "a renaming recorded"},
		{call: "GET /api/v1/agencies/{id}/history", from: "open"},
		{call: "GET /api/v1/tasks/{id}/successions", from: "submitted"},
		{call: "GET /api/v1/plans/{id}/apportionments", from: "open"},
		// The commune has not ended, so that nobody may: who is asked for it alone is walked.
		{call: "POST /api/v1/plans/{id}/apportionments", from: "open", refused: true,
			body: `{"agency_id": {agency}, "reason": "Chia theo dân số", "shares": [{"successor_id": {agency}, "percent": "100"}]}`},
	}...)
}

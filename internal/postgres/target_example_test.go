package postgres_test

import (
	"fmt"
	"path"
	"slices"
	"testing"

	"dondoc/examples"
	"dondoc/internal/clock"
	"dondoc/internal/plan"
	"dondoc/internal/policy"
	"dondoc/internal/postgres"
	"dondoc/internal/postgrestest"
)

// Each number that an example plan aims at is measured by a figure that some duty
// reports; only the baselines that no document gives are missing.
func TestTheTargetsOfTheExamplesAreMeasured(t *testing.T) {
	for name, want := range map[string][]string{
		"dong-nai-2016-2020.yaml": {"II.1.b 2 target.no_baseline"},
		"dong-nai-2021-2025.yaml": {"II.1.b 2 target.no_baseline"},
		"dong-nai-2026.yaml":      {"II.1.b 2 target.no_baseline"},
		"an-thi-2018.yaml":        nil,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			source, err := examples.Files.ReadFile(name)
			if err != nil {
				t.Fatal(err)
			}
			p, problems := plan.Read(name, source, func(file string) ([]byte, error) { return examples.Files.ReadFile(path.Clean(file)) })
			if p == nil {
				t.Fatal(problems)
			}
			hand := &hand{}
			hand.set(t, fmt.Sprintf("%d-01-02 08:00", p.ValidFrom.Year))
			store := postgres.New(postgrestest.New(t), hand, clock.SystemWall, nil)
			record, err := store.LoadPlan(t.Context(), policy.Actor{}, p, source)
			if err != nil {
				t.Fatal(err)
			}
			issuer := policy.Actor{UserID: 1, Posts: []policy.Post{{AgencyID: record.IssuerID, Role: policy.PlanAuthority}}}
			view, err := store.PlanTargets(t.Context(), issuer, record.ID)
			if err != nil {
				t.Fatal(err)
			}
			var warned []string
			for _, one := range view.Targets {
				for _, m := range one.Measures {
					for _, w := range m.Warnings {
						warned = append(warned, fmt.Sprintf("%s %d %s", one.Code, m.Number, w.Code))
					}
					if m.Aim != nil && len(m.Parts) == 0 {
						t.Errorf("%s: nobody gives its figure", one.Code)
					}
				}
			}
			if !slices.Equal(warned, want) {
				t.Errorf("warnings:\n got %q\nwant %q", warned, want)
			}
		})
	}
}

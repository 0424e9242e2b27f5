package workflows

import "go.temporal.io/sdk/workflow"

// registry is what a worker, a test environment and a replayer have in common.
type registry interface {
	RegisterWorkflowWithOptions(w any, options workflow.RegisterOptions)
}

// Register makes every workflow type known under its name.
func Register(r registry) {
	for name, w := range map[string]any{
		"PlanWorkflow":          PlanWorkflow,
		"DutyWorkflow":          DutyWorkflow,
		"RoundWorkflow":         RoundWorkflow,
		"RequestWorkflow":       RequestWorkflow,
		"ConsolidationWorkflow": ConsolidationWorkflow,
		"DeliveryWorkflow":      DeliveryWorkflow,
		"DigestWorkflow":        DigestWorkflow,
	} {
		r.RegisterWorkflowWithOptions(w, workflow.RegisterOptions{Name: name})
	}
}

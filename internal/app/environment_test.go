package app

import "go.temporal.io/sdk/testsuite"

// newActivityEnvironment runs activities outside a server.
func newActivityEnvironment() *testsuite.TestActivityEnvironment {
	var suite testsuite.WorkflowTestSuite
	return suite.NewTestActivityEnvironment()
}

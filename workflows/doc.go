// Package workflows is the conductor: it waits, and asks activities to do what
// is due. Postgres holds every business fact, so each workflow can be started
// again from its row at any time, and a signal is only a nudge to look again.
//
// Everything here is deterministic: no clock, no random numbers, no I/O. The
// business clock lives in activities, which answer with real durations to wait.
package workflows

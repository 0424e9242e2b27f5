// Package examples holds the plan files and unit lists that people start from,
// embedded so that a single binary can show them.
package examples

import "embed"

// Files holds every example.
//
//go:embed *.yaml source units reorganisations
var Files embed.FS

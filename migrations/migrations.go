// Package migrations embeds the numbered SQL files that bring a database to
// the present schema. A merged file stays as it is; the next change is the
// next number.
package migrations

import "embed"

// Files holds every migration.
//
//go:embed *.sql
var Files embed.FS

// Command dondoc-local runs Đôn Đốc on one machine with nothing beside it but
// PostgreSQL's programs: `dondoc-local run` starts all of it, the other
// subcommands one part each.
package main

import "dondoc/internal/command"

func main() {
	command.Execute(command.Root("dondoc-local",
		runCommand(), resetCommand(), postgresCommand(), temporalCommand(), mailCommand(),
		command.API(), command.Worker(), command.Migrate(), command.Reconcile(),
		command.Plan(), command.Agencies(), command.Calendar(), command.People(), command.Audit(), command.Files()))
}

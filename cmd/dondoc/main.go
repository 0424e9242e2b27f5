// Command dondoc runs Đôn Đốc against a Postgres and a Temporal cluster of
// one's own; `dondoc help` lists what it can do.
package main

import "dondoc/internal/command"

func main() {
	command.Execute(command.Root("dondoc",
		command.API(), command.Worker(), command.Migrate(), command.Reconcile(),
		command.Plan(), command.Agencies(), command.Calendar(), command.People(), command.Audit(), command.Files()))
}

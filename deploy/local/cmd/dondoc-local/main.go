package main

import (
	_ "github.com/lib/pq"
	_ "github.com/spf13/cobra"
	_ "go.temporal.io/sdk/client"
	_ "go.temporal.io/server/common/persistence/sql/sqlplugin/postgresql"
	_ "go.temporal.io/server/temporal"
	_ "go.temporal.io/server/tools/common/schema"
	_ "go.temporal.io/server/tools/sql"
	_ "golang.org/x/sys/unix"
)

func main() {}

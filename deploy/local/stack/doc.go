// Package stack lets tests run the embedded variant in pieces: a private
// PostgreSQL, the Temporal server, and any other subcommand of dondoc-local,
// each a process of its own on ports that stay the same, to be killed with -9
// and started again. It links neither the Temporal server nor the product.
package stack

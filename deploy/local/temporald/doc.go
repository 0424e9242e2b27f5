// Package temporald runs a Temporal server inside this process, with all four
// of its services on the loopback address, on the private PostgreSQL of the
// embedded variant. It is the only package of the product that links the
// server's library.
package temporald

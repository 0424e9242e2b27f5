// Package bench measures what needs the real engine: see `make bench`.
package bench

// Package pg runs a private PostgreSQL from the system's programs: it makes
// the database files, starts the server on 127.0.0.1 only, starts it again
// when it dies, and stops it; what an earlier, killed run has left behind is
// stopped first. As root it runs the server as another user, because
// PostgreSQL refuses root. Linux only (it reads /proc).
package pg

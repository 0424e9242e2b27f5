// Package form lays out report forms (biểu mẫu): one definition of what is asked
// for typing, for the spreadsheet and for print. It knows no database and no file
// format.
package form

package vietnam

import _ "embed"

//go:embed decreed.csv
var decreedCSV []byte

// decreedFile reads the decreed years that the package carries.
func decreedFile() (File, error) {
	f, problems := ReadFile("decreed.csv", decreedCSV)
	return f, problems.Fault()
}

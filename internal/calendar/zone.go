package calendar

import (
	"sync"
	"time"
)

// zones keeps what Zone has loaded, by name.
var zones sync.Map

// Zone returns the time zone of a name. time.LoadLocation reads and parses a
// file at every call, which is too much for what every request asks.
func Zone(name string) (*time.Location, error) {
	if zone, ok := zones.Load(name); ok {
		return zone.(*time.Location), nil
	}
	zone, err := time.LoadLocation(name)
	if err != nil {
		return nil, err
	}
	zones.Store(name, zone)
	return zone, nil
}

package config_test

import (
	"os"
	"strings"
	"testing"

	"dondoc/internal/config"
)

func TestEverythingWrongIsNamedAtOnce(t *testing.T) {
	_, err := config.Read(func(name string) string {
		return map[string]string{
			"DONDOC_DATABASE_CONNECTIONS": "many", "DONDOC_SMTP_TLS": "yes", "DONDOC_SPREAD": "-1s", "DONDOC_BASE_URL": "dondoc",
			"DONDOC_FEEDS": "true", "DONDOC_FILE_LIMIT_MB": "0",
		}[name]
	})
	if err == nil {
		t.Fatal("taken as it is")
	}
	for _, name := range []string{"DONDOC_DATABASE_CONNECTIONS", "DONDOC_SMTP_TLS", "DONDOC_SPREAD", "DONDOC_BASE_URL", "DONDOC_FEEDS", "DONDOC_FILE_LIMIT_MB"} {
		if !strings.Contains(err.Error(), name) {
			t.Errorf("%s is not named in: %v", name, err)
		}
	}
}

func TestDefaultsListenOnThisMachineOnly(t *testing.T) {
	c, err := config.Read(func(string) string { return "" })
	if err != nil {
		t.Fatal(err)
	}
	if !strings.HasPrefix(c.Listen, "127.0.0.1:") || c.DigestCron != "0 8 * * 1" {
		t.Errorf("%+v", c)
	}
}

func TestFeedsAreOffUntilSwitchedOn(t *testing.T) {
	for value, want := range map[string]bool{"": false, "off": false, "on": true} {
		c, err := config.Read(func(name string) string { return map[string]string{"DONDOC_FEEDS": value}[name] })
		if err != nil || c.Feeds != want {
			t.Errorf("%q: %v, %v", value, c.Feeds, err)
		}
	}
}

// What an administrator starts from must be taken as it is shipped.
func TestTheShippedEnvironmentIsTaken(t *testing.T) {
	content, err := os.ReadFile("../../deploy/systemd/dondoc.env")
	if err != nil {
		t.Fatal(err)
	}
	shipped := map[string]string{}
	for line := range strings.Lines(string(content)) {
		if name, value, ok := strings.Cut(strings.TrimSpace(line), "="); ok && !strings.HasPrefix(name, "#") {
			shipped[name] = value
		}
	}
	read := map[string]bool{}
	if _, err := config.Read(func(name string) string { read[name] = true; return shipped[name] }); err != nil {
		t.Errorf("deploy/systemd/dondoc.env: %v", err)
	}
	for name := range shipped {
		if !read[name] {
			t.Errorf("deploy/systemd/dondoc.env: nothing reads %s", name)
		}
	}
}

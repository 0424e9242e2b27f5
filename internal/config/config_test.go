package config_test

import (
	"maps"
	"os"
	"slices"
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

func TestSecondFactorsAndProviders(t *testing.T) {
	key := map[string]string{"DONDOC_SECRET_KEY_FILE": "secret.key"}
	with := func(pairs ...string) map[string]string {
		all := maps.Clone(key)
		for i := 0; i < len(pairs); i += 2 {
			all[pairs[i]] = pairs[i+1]
		}
		return all
	}
	for name, c := range map[string]struct {
		set   map[string]string
		wrong string
	}{
		"nothing of it":              {nil, ""},
		"roles":                      {with("DONDOC_SECOND_FACTOR_FOR", "administrator, plan_authority"), ""},
		"roles without a key":        {map[string]string{"DONDOC_SECOND_FACTOR_FOR": "administrator"}, "DONDOC_SECRET_KEY_FILE"},
		"a provider":                 {with("DONDOC_OPENID_ISSUER", "https://id.example.vn", "DONDOC_OPENID_CLIENT_ID", "dondoc"), ""},
		"a provider on this machine": {with("DONDOC_OPENID_ISSUER", "http://127.0.0.1:9998/", "DONDOC_OPENID_CLIENT_ID", "dondoc"), ""},
		"a provider without a key":   {map[string]string{"DONDOC_OPENID_ISSUER": "https://id.example.vn", "DONDOC_OPENID_CLIENT_ID": "dondoc"}, "DONDOC_SECRET_KEY_FILE"},
		"a provider in the clear":    {with("DONDOC_OPENID_ISSUER", "http://id.example.vn", "DONDOC_OPENID_CLIENT_ID", "dondoc"), "DONDOC_OPENID_ISSUER"},
		"a provider without a name":  {with("DONDOC_OPENID_ISSUER", "https://id.example.vn"), "DONDOC_OPENID_CLIENT_ID"},
	} {
		got, err := config.Read(func(name string) string { return c.set[name] })
		if (err == nil) != (c.wrong == "") || err != nil && !strings.Contains(err.Error(), c.wrong) {
			t.Errorf("%s: %v", name, err)
		}
		if name == "roles" && !slices.Equal(got.SecondFactorFor, []string{"administrator", "plan_authority"}) {
			t.Errorf("roles %q", got.SecondFactorFor)
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

package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"os"
	"os/signal"
	"path/filepath"
	"strconv"
	"time"

	"github.com/spf13/cobra"
	"golang.org/x/sys/unix"

	"dondoc/deploy/local/datadir"
	"dondoc/deploy/local/pg"
	"dondoc/deploy/local/temporald"
	"dondoc/internal/app"
	"dondoc/internal/command"
	"dondoc/internal/config"
	"dondoc/internal/notice/mailbox"
)

// runCommand runs everything.
func runCommand() *cobra.Command {
	var data string
	var sample, follow bool
	c := &cobra.Command{
		Use: "run", Short: "Run everything: PostgreSQL, Temporal, worker, API, pages, a mailbox for sent mail",
		Long: "Run everything on this machine, in the foreground, until Ctrl-C or SIGTERM.\n" +
			"All data are in one folder; a later start finds them there. The environment\n" +
			"variables of `api` and `worker` apply, except that the addresses of database\n" +
			"and Temporal are this command's own.",
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if follow {
				if err := followParent(); err != nil {
					return err
				}
			}
			ctx, stop := terminalGone(cmd.Context())
			defer stop()
			return (&installation{sampled: sample, parts: newParts(cmd.OutOrStdout())}).run(ctx, data)
		},
	}
	c.Flags().StringVar(&data, "data", datadir.Default(), "data folder")
	c.Flags().BoolVar(&sample, "sample", true, "load the sample plan of Đồng Nai at the first start")
	c.Flags().BoolVar(&follow, "follow-parent", false, "stop when the process that started this one ends, even if it was killed")
	return c
}

// followParent has the kernel send us SIGTERM when our parent ends, so that
// nothing of `make run` stays when make itself was killed.
func followParent() error {
	if err := unix.Prctl(unix.PR_SET_PDEATHSIG, uintptr(unix.SIGTERM), 0, 0, 0); err != nil {
		return fmt.Errorf("follow the parent process: %w", err)
	}
	return nil
}

// terminalGone returns a context that also ends when the terminal is closed,
// unless the process was started to outlive it (nohup). Nobody reading our
// lines any more is no reason to die of them.
func terminalGone(ctx context.Context) (context.Context, context.CancelFunc) {
	signal.Ignore(unix.SIGPIPE)
	if signal.Ignored(unix.SIGHUP) {
		return ctx, func() {}
	}
	return signal.NotifyContext(ctx, unix.SIGHUP)
}

// openFolder waits a moment for a folder that is in use: the run before may
// still be stopping.
func (i *installation) openFolder(ctx context.Context, data string) (err error) {
	const patience = 20 * time.Second
	for told := false; ; told = true {
		i.folder, err = datadir.Open(data)
		if !errors.Is(err, datadir.ErrBusy) || time.Since(i.began) > patience {
			return err
		}
		if !told {
			i.say("%-22s in use by another process; waiting for it to stop", "data folder")
		}
		select {
		case <-ctx.Done():
			return err
		case <-time.After(100 * time.Millisecond):
		}
	}
}

// installation is one data folder with everything that runs on it.
type installation struct {
	*parts
	sampled bool

	folder   *datadir.Folder
	postgres *pg.Server
	temporal *temporald.Server
	mail     *mailbox.Server
	mailPage string
	config   config.Config
	log      *slog.Logger
	sample   app.Sample
	password string
}

// run starts the parts, waits for the end and stops them in order: HTTP, then
// relay and worker with their client, then Temporal, then PostgreSQL.
func (i *installation) run(ctx context.Context, data string) (err error) {
	if err := i.openFolder(ctx, data); err != nil {
		return err
	}
	i.stopWith("data folder", func(context.Context) error { return i.folder.Close() })
	defer func() {
		i.say("stopping")
		if stopErr := i.parts.stop(ctx); stopErr != nil {
			err = errors.Join(err, stopErr)
			return
		}
		i.say("stopped")
	}()
	i.say("%-22s %s", "data folder", i.folder.Root())
	if err := i.openLog(); err != nil {
		return err
	}
	for _, s := range []struct {
		name string
		do   func(context.Context) (string, error)
	}{
		{"PostgreSQL", i.startPostgres},
		{"Temporal", i.startTemporal},
		{"mailbox", i.startMailbox},
		{"configuration", i.configure},
		{"database schema", i.migrate},
		{"sample plan", i.loadSample},
		{"worker", i.startWorker},
		{"API and pages", i.startAPI},
	} {
		if err := i.step(ctx, s.name, s.do); err != nil {
			if ctx.Err() != nil {
				return nil // asked to stop while starting
			}
			return err
		}
	}
	i.welcome(i.out)
	return i.wait(ctx)
}

func (i *installation) openLog() error {
	file, err := datadir.OpenLog(i.logPath())
	if err != nil {
		return err
	}
	i.stopWith("log", func(context.Context) error { return file.Close() })
	i.log = command.Logger(file, os.Getenv("DONDOC_LOG_LEVEL"))
	return nil
}

func (i *installation) logPath() string { return i.folder.Path("log", "dondoc.log") }

func (i *installation) startPostgres(ctx context.Context) (string, error) {
	server, err := startPostgres(ctx, i.folder, 0, func(sentence string) { i.say("%-22s %s", "PostgreSQL", sentence) })
	if err != nil {
		return "", err
	}
	i.postgres = server
	i.stopWith("PostgreSQL", server.Stop)
	go func() {
		<-server.Done()
		if err := server.Err(); err != nil {
			i.failure <- err
		}
	}()
	return fmt.Sprintf("version %d on %s", server.Major(), server.Address()), nil
}

func (i *installation) startTemporal(ctx context.Context) (string, error) {
	port, err := i.folder.Port("temporal", 7233)
	if err != nil {
		return "", err
	}
	i.temporal, err = temporald.Start(ctx, temporald.Options{
		DatabaseURL: i.postgres.DSN("postgres"), Port: port, Namespace: "dondoc",
		LogFile: i.folder.Path("log", "temporal.log"), Rehearsal: temporald.Rehearsal(),
	})
	if err != nil {
		return "", err
	}
	i.stopWith("Temporal", func(context.Context) error { return i.temporal.Stop() })
	return "on " + i.temporal.Address(), nil
}

// startMailbox catches mail on this machine, unless a real server is configured.
func (i *installation) startMailbox(ctx context.Context) (string, error) {
	if address := os.Getenv(smtpVar); address != "" {
		return "not needed, mail goes to " + address, nil
	}
	smtpPort, err := i.folder.Port("smtp", 1025)
	if err != nil {
		return "", err
	}
	pagePort, err := i.folder.Port("mail page", 8025)
	if err != nil {
		return "", err
	}
	i.mail, i.mailPage, err = startMailbox(ctx, i.parts, i.folder.Path("mail"), loopback(smtpPort), loopback(pagePort))
	if err != nil {
		return "", err
	}
	return "sent mails are shown on " + i.mailPage, nil
}

// configure is the environment's configuration with this installation's addresses.
func (i *installation) configure(context.Context) (result string, err error) {
	listen := os.Getenv(listenVar)
	if listen == "" {
		port, err := i.folder.Port("web", 8080)
		if err != nil {
			return "", err
		}
		listen = loopback(port)
	}
	preset := map[string]string{
		"DONDOC_AUDIT_KEY_FILE":  i.folder.Path("secret", "audit-key"),
		"DONDOC_AUDIT_LOG":       i.folder.Path("audit-heads.log"),
		"DONDOC_SECRET_KEY_FILE": i.folder.Path("secret", "secret-key"),
		"DONDOC_FILES":           i.folder.Path("files"),
		"DONDOC_BASE_URL":        "http://" + listen,
		"DONDOC_FEEDS":           "on", // shown where all is tried
		listenVar:                listen,
	}
	if i.mail != nil {
		preset[smtpVar] = i.mail.Addr().String()
		preset["DONDOC_SMTP_TLS"] = "none"
	}
	i.config, err = config.Read(func(name string) string {
		if value := os.Getenv(name); value != "" {
			return value
		}
		return preset[name]
	})
	if err != nil {
		return "", err
	}
	i.config.DatabaseURL = i.postgres.DSN("dondoc")
	i.config.TemporalAddress = i.temporal.Address()
	i.config.TemporalNamespace = "dondoc"
	return "log in " + relative(i.logPath()), nil
}

const (
	listenVar = "DONDOC_LISTEN"
	smtpVar   = "DONDOC_SMTP_ADDRESS"
)

func (i *installation) migrate(ctx context.Context) (string, error) {
	return "up to date", app.Migrate(ctx, i.config)
}

func (i *installation) loadSample(ctx context.Context) (result string, err error) {
	if !i.sampled {
		return "not asked for", nil
	}
	if i.password, err = i.folder.Passphrase("sample-password"); err != nil {
		return "", err
	}
	if i.sample, err = app.LoadSample(ctx, i.config, i.log, i.password, func(what string) { i.say("%-22s %s", "sample plan", what) }); err != nil {
		return "", err
	}
	if i.config.Banner == "" {
		i.config.Banner, i.config.BannerEN = i.sample.Banner, i.sample.BannerEN
	}
	verb := "found"
	if i.sample.Loaded {
		verb = "loaded and activated"
	}
	return fmt.Sprintf("%s: %s, %d duties", verb, i.sample.Plan.Code, i.sample.Plan.Duties), nil
}

func (i *installation) startWorker(ctx context.Context) (string, error) {
	i.background(ctx, "worker", func(ctx context.Context) error { return app.RunWorker(ctx, i.config, i.log) })
	return "workflows, activities, outbox relay, audit sealer", nil
}

func (i *installation) startAPI(ctx context.Context) (string, error) {
	i.background(ctx, "API", func(ctx context.Context) error { return app.RunAPI(ctx, i.config, i.log) })
	if err := i.awaitListener(ctx, i.config.Listen); err != nil {
		return "", err
	}
	return i.config.BaseURL, nil
}

// awaitListener waits until something takes connections, or a part fails.
func (i *installation) awaitListener(ctx context.Context, address string) error {
	ctx, cancel := context.WithTimeout(ctx, time.Minute)
	defer cancel()
	for {
		conn, err := new(net.Dialer).DialContext(ctx, "tcp", address)
		if err == nil {
			return conn.Close()
		}
		select {
		case failure := <-i.failure:
			return failure
		case <-ctx.Done():
			return errors.Join(err, ctx.Err())
		case <-time.After(20 * time.Millisecond):
		}
	}
}

// welcome prints where to go and who can sign in.
func (i *installation) welcome(out io.Writer) {
	fmt.Fprintf(out, "\nĐôn Đốc: %s\n", i.config.BaseURL)
	if i.mailPage != "" {
		fmt.Fprintf(out, "Mails:   %s\n", i.mailPage)
	}
	if len(i.sample.Accounts) > 0 {
		fmt.Fprintf(out, "\nSign in with the password %s as\n", i.password)
		for _, a := range i.sample.Accounts {
			fmt.Fprintf(out, "  %-48s %s: %s\n", a.Email, a.Name, a.Shows)
		}
	}
	fmt.Fprintf(out, "\nData are in %s. Ctrl-C stops everything.\n", relative(i.folder.Root()))
}

func loopback(port int) string { return net.JoinHostPort("127.0.0.1", strconv.Itoa(port)) }

// relative shortens a path for people to read.
func relative(path string) string {
	here, err := os.Getwd()
	if err != nil {
		return path
	}
	if short, err := filepath.Rel(here, path); err == nil && filepath.IsLocal(short) {
		return short
	}
	return path
}

package main

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"time"

	"github.com/spf13/cobra"

	"dondoc/internal/notice/mailbox"
)

// mailCommand runs only the mailbox.
func mailCommand() *cobra.Command {
	var dir, smtp, page string
	c := &cobra.Command{
		Use: "mail", Short: "Run only the mailbox: takes all mail over SMTP, hands none on, shows it on a page",
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) (err error) {
			p := newParts(cmd.OutOrStdout())
			defer func() { err = errors.Join(err, p.stop(cmd.Context())) }()
			server, address, err := startMailbox(cmd.Context(), p, dir, smtp, page)
			if err != nil {
				return err
			}
			p.say("SMTP on %s, mails are shown on %s", server.Addr(), address)
			return p.wait(cmd.Context())
		},
	}
	c.Flags().StringVar(&dir, "dir", "mail", "folder for the mails")
	c.Flags().StringVar(&smtp, "smtp", "127.0.0.1:1025", "address to take mail on")
	c.Flags().StringVar(&page, "page", "127.0.0.1:8025", "address to show mail on")
	return c
}

// startMailbox takes mail and shows it; both end with the parts.
func startMailbox(ctx context.Context, p *parts, dir, smtpAddress, pageAddress string) (*mailbox.Server, string, error) {
	server, err := mailbox.Start(context.WithoutCancel(ctx), mailbox.Options{SMTPAddress: smtpAddress, Dir: dir})
	if err != nil {
		return nil, "", err
	}
	p.stopWith("mailbox", func(context.Context) error { return server.Close() })
	listener, err := new(net.ListenConfig).Listen(ctx, "tcp", pageAddress)
	if err != nil {
		return nil, "", fmt.Errorf("mail page: %w", err)
	}
	pages := &http.Server{Handler: server.Handler(), ReadHeaderTimeout: 10 * time.Second}
	p.background(ctx, "mail page", func(ctx context.Context) error {
		defer context.AfterFunc(ctx, func() {
			limit, cancel := context.WithTimeout(context.WithoutCancel(ctx), 5*time.Second)
			defer cancel()
			if pages.Shutdown(limit) != nil {
				_ = pages.Close() // an open connection is all that can be left
			}
		})()
		if err := pages.Serve(listener); !errors.Is(err, http.ErrServerClosed) {
			return err
		}
		return nil
	})
	return server, "http://" + listener.Addr().String() + "/", nil
}

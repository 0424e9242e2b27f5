package app

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/url"
	"slices"
	"time"

	"dondoc/examples"
	"dondoc/internal/amendment"
	"dondoc/internal/calendar"
	"dondoc/internal/clock"
	"dondoc/internal/config"
	"dondoc/internal/fault"
	"dondoc/internal/plan"
	"dondoc/internal/policy"
	"dondoc/internal/postgres"
)

// The sample installation follows today's edition; behind it lies a plan that is
// over and whose history crosses the reform of 1 July 2025.
const (
	TodaysPlan = "dong-nai-2026.yaml"
	PastPlan   = "dong-nai-2021-2025.yaml"
)

// pastStages are the instants of the past plan's history, in Viet Nam: it is
// followed long enough for rounds to be open on the day of the reform.
var pastStages = struct{ loaded, followed, ended calendar.Date }{
	calendar.NewDate(2025, 2, 3), calendar.NewDate(2025, 6, 1), calendar.NewDate(2025, 12, 31),
}

// reforms are the acts on agencies that lie behind today's edition.
var reforms = []string{
	"reorganisations/dong-nai-2025-03-01.yaml", "reorganisations/dong-nai-2025-07-01.yaml", "reorganisations/dong-nai-2026-04-30.yaml",
}

// LoadSample loads today's edition with sample people named by role who all have
// the given password, and follows it; before that it plays the plan that went
// before. A second call finds it all and changes nothing; what was interrupted
// goes on where it stopped.
func LoadSample(ctx context.Context, cfg config.Config, log *slog.Logger, password string, say func(string)) (sample Sample, err error) {
	r, err := open(ctx, cfg, log)
	if err != nil {
		return Sample{}, err
	}
	defer func() { err = errors.Join(err, r.close()) }()
	sample = Sample{
		Accounts: todaysAccounts(),
		Banner:   "Dữ liệu mẫu: nhiệm vụ của kế hoạch 2016 – 2020 giao lại cho các cơ quan ngày nay; trước đó là kế hoạch 2021 – 2025 đã kết thúc. Không phải số liệu thật.",
		BannerEN: "Sample data: the duties of the plan of 2016 – 2020 re-addressed to today's agencies, behind them the closed plan of 2021 – 2025. No real figures.",
	}
	p, source, err := readSample(TodaysPlan)
	if err != nil {
		return sample, err
	}
	id, err := r.store.PlanID(ctx, p.Code)
	if err != nil && !fault.Is(err, fault.NotFound) {
		return sample, err
	}
	if err == nil {
		if sample.Plan, err = r.store.PlanRecord(ctx, id); err != nil {
			return sample, err
		}
		if sample.Plan.State != plan.Draft {
			untold, err := r.store.ActivationUntold(ctx, id)
			if err != nil || !untold {
				return sample, err
			}
		}
	}
	hash, err := sampleHash(ctx, password)
	if err != nil {
		return sample, err
	}
	sample.Loaded = true
	now, err := r.business.Now(ctx)
	if err != nil {
		return sample, err
	}
	if sample.Plan.State != plan.Active {
		say("playing the plan of 2021 – 2025")
		if err := r.playPast(ctx, hash); err != nil {
			return sample, fmt.Errorf("play the past: %w", err)
		}
	}
	if sample.Plan, err = r.playPresent(ctx, p, source, hash, now, say); err != nil {
		return sample, fmt.Errorf("play the present plan: %w", err)
	}
	return sample, nil
}

// newcomers are the sample's people without those of communes where somebody is
// already: the people of units that were merged went on at their successors.
func newcomers(ctx context.Context, store *postgres.Store, p *plan.Plan) ([]postgres.Person, error) {
	communes := map[string]bool{}
	for _, a := range p.Agencies {
		communes[a.Code] = a.Level == "commune"
	}
	people := samplePeople(p)
	byRole := map[string][]string{}
	for _, one := range people {
		if communes[one.AgencyCode] {
			byRole[one.Role] = append(byRole[one.Role], one.AgencyCode)
		}
	}
	vacant := map[string]bool{}
	for role, codes := range byRole {
		left, err := store.WithoutPeople(ctx, codes, role)
		if err != nil {
			return nil, err
		}
		for _, code := range left {
			vacant[role+" "+code] = true
		}
	}
	return slices.DeleteFunc(people, func(one postgres.Person) bool {
		return communes[one.AgencyCode] && !vacant[one.Role+" "+one.AgencyCode]
	}), nil
}

// playPast plays the plan that went before, from its loading to its end, with
// the reforms on their days.
func (r *runtime) playPast(ctx context.Context, hash string) (err error) {
	p, source, err := readSample(PastPlan)
	if err != nil {
		return err
	}
	zone, err := p.Zone()
	if err != nil {
		return err
	}
	// Its thousands of acts need not each wait for the disk: what a crash loses is
	// played again from the last act that is there.
	db, err := postgres.Open(ctx, withoutWaiting(r.config.DatabaseURL), 2)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, db.Close()) }()
	at := &pastClock{at: pastStages.loaded.In(zone).Add(8 * time.Hour).UTC()}
	store := postgres.New(db, at, clock.SystemWall, nil)
	last, err := store.LastAct(ctx)
	if err != nil {
		return err
	}
	if last.After(at.at) {
		at.at = last
	}
	record, err := store.LoadPlan(ctx, policy.Actor{}, p, source)
	if fault.Is(err, fault.Conflict) { // it is followed already: an earlier start was interrupted
		var id int64
		if id, err = store.PlanID(ctx, p.Code); err == nil {
			record, err = store.PlanRecord(ctx, id)
		}
	}
	if err != nil {
		return err
	}
	if record.State == plan.Draft {
		if err := store.AddPeople(ctx, samplePeople(p), hash, p.ValidFrom, mailDomain); err != nil {
			return err
		}
		if record, err = store.ActivatePlan(ctx, policy.Actor{}, record.ID, record.Version, pastStages.followed); err != nil {
			return err
		}
	}
	authority, err := store.ActorAt(ctx, record.IssuerID, policy.PlanAuthority)
	if err != nil {
		return err
	}
	played := &past{store: store, clock: at, zone: zone, plan: record.ID, authority: authority}
	return played.throughReforms(ctx, record, pastStages.ended.In(zone).Add(17*time.Hour).UTC())
}

// withoutWaiting is the address of the same database, for commits that do not
// wait for the disk.
func withoutWaiting(address string) string {
	u, err := url.Parse(address)
	if err != nil || u.Scheme != "postgres" && u.Scheme != "postgresql" {
		return address
	}
	q := u.Query()
	q.Set("synchronous_commit", "off")
	u.RawQuery = q.Encode()
	return u.String()
}

// throughReforms plays to the plan's end, closes it, and lets every reform take
// effect at the beginning of its day.
func (p *past) throughReforms(ctx context.Context, record plan.Record, end time.Time) error {
	for _, name := range reforms {
		source, err := examples.Files.ReadFile(name)
		if err != nil {
			return fmt.Errorf("read reform: %w", err)
		}
		file, problems := plan.ReadReorganisation(name, source)
		if file == nil {
			return fmt.Errorf("%s: %s", name, problems)
		}
		day := file.EffectiveOn.In(p.zone).UTC()
		if day.After(end) && record.State != plan.Closed {
			if record, err = p.finish(ctx, record, end); err != nil {
				return err
			}
		}
		if record.State != plan.Closed {
			if err := p.look(ctx); err != nil {
				return err
			}
			if err := p.until(ctx, day); err != nil {
				return err
			}
		}
		if day.After(p.clock.at) {
			p.clock.at = day
		}
		effect, err := p.store.PreviewReorganisation(ctx, policy.Actor{}, file, source)
		if f := fault.Of(err); f != nil && f.Code == "reorganisation.exists" {
			continue // an earlier start got as far as that
		}
		if err != nil {
			return fmt.Errorf("%s: %w", name, err)
		}
		if _, err := p.store.Reorganise(ctx, policy.Actor{}, file, source, effect.Digest); err != nil {
			return fmt.Errorf("%s: %w", name, err)
		}
	}
	return p.store.Silence(ctx)
}

// finish plays the rest of the plan and closes it.
func (p *past) finish(ctx context.Context, record plan.Record, end time.Time) (plan.Record, error) {
	if err := p.look(ctx); err != nil {
		return record, err
	}
	if err := p.until(ctx, end); err != nil {
		return record, err
	}
	return p.store.ClosePlan(ctx, policy.Actor{}, record.ID, 0, amendment.Closing{})
}

// todaysAccounts are the sign-ins worth trying first.
func todaysAccounts() []SampleAccount {
	return []SampleAccount{
		{"daumoi.xa-26422@" + mailDomain, "Đầu mối UBND xã Phước Thái", "việc của tôi, gửi báo cáo; lịch sử của ba xã cũ"},
		{"theodoi.so-y-te@" + mailDomain, "Người theo dõi, Sở Y tế", "báo cáo của các xã, phường, xác nhận, trả lại, bảng theo dõi"},
		{"banhanh.ubnd-tinh@" + mailDomain, "Cơ quan ban hành, UBND thành phố", "toàn bộ kế hoạch, cả kế hoạch đã kết thúc"},
		{"quantri.ubnd-tinh@" + mailDomain, "Quản trị hệ thống", "tài khoản, sắp xếp đơn vị"},
	}
}

package main

type devCommand struct {
	siteArgument
	listenFlags
	options
}

// Run serves until it is told to stop, for whoever writes the pages.
func (c *devCommand) Run(p *program) error { return c.serve(p, c.siteArgument, &c.listenFlags, true) }

package main

type devCommand struct{ serveFlags }

// Run serves until it is told to stop, for whoever writes the pages.
func (c *devCommand) Run(p *program) error { return c.serve(p, true) }

"""The wing that time drives: loops of one shape that ask carriers, push news and tidy up."""

"""The process that looks at one stream, or answers questions of the desk. It is the only room that holds nets."""

vcl 4.1;

# Varnish as it comes: it keeps what the origin lets it keep. /o/ is passed on, never kept.
backend origin {
  .host = "127.0.0.1";
  .port = "@ORIGIN@";
}

sub vcl_recv {
  if (req.url ~ "^/o/") {
    set req.url = regsub(req.url, "^/o", "");
    return (pass);
  }
}

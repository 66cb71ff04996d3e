-- Says who asks.
wrk.headers["Authorization"] = "Bearer " .. os.getenv("TOKEN")

-- Asks for URIs at random, or for all of them once where FILL is set.
local keys = tonumber(os.getenv("KEYS"))
local fill = os.getenv("FILL")
local at = 0

function request()
  local key = math.random(keys)
  if fill then
    at = at + 1
    key = at
  end
  return wrk.format("GET", wrk.path .. "/k/" .. key)
end

function response()
  if fill and at > keys then os.exit(0) end -- wrk would wait for its time to be up
end

using System.Net;
using System.Net.Sockets;
using System.Threading.RateLimiting;
using Microsoft.AspNetCore.RateLimiting;

namespace DenseNetSharp.Serve;

/// <summary>How many uploads one client may send.</summary>
internal static class RateLimits
{
    /// <summary>The policy of every endpoint that takes uploads.</summary>
    public const string Uploads = "uploads";

    private const int NetworkBytes = 8;

    public static void Configure(RateLimiterOptions options, ServeSettings settings)
    {
        options.RejectionStatusCode = StatusCodes.Status429TooManyRequests;
        options.OnRejected = (context, _) => new ValueTask(Problems.WriteAsync(
            context.HttpContext, StatusCodes.Status429TooManyRequests, "Too many requests came from this address; try again in a second."));
        options.AddPolicy(Uploads, context => settings.RequestsPerSecond == 0
            ? RateLimitPartition.GetNoLimiter("")
            : RateLimitPartition.GetTokenBucketLimiter(ClientOf(context.Connection.RemoteIpAddress), _ => new TokenBucketRateLimiterOptions
            {
                TokenLimit = settings.Burst,
                TokensPerPeriod = settings.RequestsPerSecond,
                ReplenishmentPeriod = TimeSpan.FromSeconds(1),
            }));
    }

    /// <summary>An address of version 4, or the first 64 bits of one of version 6, of which whoever has one has all the others.</summary>
    internal static string ClientOf(IPAddress? address) => address switch
    {
        null => "",
        { IsIPv4MappedToIPv6: true } => address.MapToIPv4().ToString(),
        { AddressFamily: AddressFamily.InterNetworkV6 } => Convert.ToHexString(address.GetAddressBytes().AsSpan(0, NetworkBytes)),
        _ => address.ToString(),
    };
}

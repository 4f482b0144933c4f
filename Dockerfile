# The image of the Host, for those who want a Dockerfile; "dotnet publish src/Host -t:PublishContainer" makes one without.
FROM mcr.microsoft.com/dotnet/sdk:10.0-noble AS build
WORKDIR /source
COPY . .
RUN dotnet publish src/Host --configuration Release --output /app --nologo

# No shell and no package manager. The account is the one that Microsoft's images call app.
FROM mcr.microsoft.com/dotnet/aspnet:10.0-noble-chiseled
WORKDIR /app
COPY --from=build /app .
# The image has no Kerberos, which Npgsql else looks for and complains of.
ENV ASPNETCORE_HTTP_PORTS=8080 PGGSSENCMODE=disable
EXPOSE 8080
USER 1654:1654
HEALTHCHECK --interval=10s --timeout=5s --retries=6 CMD ["dotnet", "Host.dll", "health"]
ENTRYPOINT ["dotnet", "Host.dll"]
